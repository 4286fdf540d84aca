"""The command line, a part a file; ``kundorder.__main__`` puts them together."""
