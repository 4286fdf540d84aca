"""The kit: with it hosts prove their own adapters right, and their own portals.

Contracts, faults and doubles need nothing but `kundorder` itself; strategies and machines need the extra ``testing``.
"""
