"""The lifecycles, one file of rows each; everything about who may do what, when, is in them and nowhere else."""
