"""Two orders and several organisations, walked through all their situations; every reader looks at everything."""
