"""A little ordering portal of somebody's own: it knows nothing of `kundorder`, but for ``as_system``."""
