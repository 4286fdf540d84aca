"""The async twin of the portal."""
