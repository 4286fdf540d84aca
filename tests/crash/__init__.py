"""What becomes of a store when everything stops: killed processes, power cuts, full disks, errors at every statement.

One story is told to a portal (``story``), the whole course of it is known beforehand (``course``), and whatever has
happened, the store must stand where the story has been after some whole number of transactions: no sooner than what has
been acknowledged, no later than what was under way. Told on with the same keys, it ends as if nothing had happened.
"""
