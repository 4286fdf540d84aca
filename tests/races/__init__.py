"""Two at once: races on every store, in threads and in processes, judged by what was asked, answered and kept.

A race is made sure and not likely: both sides load what they decide on and halt before their first write; then they are
let go, together or one after the other. Every race is also run with the guards off, and must then go wrong.
"""
