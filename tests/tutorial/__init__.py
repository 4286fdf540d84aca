"""What it takes to follow a tutorial to the letter."""
