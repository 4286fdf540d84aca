"""One adapter a file: each only translates between a port and something outside."""
