"""Whole worlds, each from one seed: users, processes, relays, a store, a mail server, and all that goes wrong.

What happens next is drawn from the seed and from nothing else, so a seed tells the same story for ever.
"""
