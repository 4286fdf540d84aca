"""Every parser is fed whatever there is; it may only answer, or say no with an error that it declares."""
