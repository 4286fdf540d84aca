"""How strong the tests are: a fact or a line is changed in one place, and a test must fail."""
