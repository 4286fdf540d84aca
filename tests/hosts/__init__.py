"""Hosts with a database of their own, in which our tables stand among theirs."""
