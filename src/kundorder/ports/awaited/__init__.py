"""The async twins of the ports."""
