"""What strangers upload is looked at here, and made anew: pictures by Pillow, documents by pypdf.

Nothing that arrived is kept as it came. `look` (in child.py) does it in a process of its own; the other modules are
what runs there. No database, no network.
"""
