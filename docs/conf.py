"""How the pages are built: ``python3 run.py docs``."""

import importlib.metadata

project = "kundorder"
release = importlib.metadata.version(project)
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
exclude_patterns = ["_build"]
html_theme = "furo"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
nitpicky = True
