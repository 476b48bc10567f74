"""How values of text stand in labels, so that none can be taken for the rest.

``["$other"]`` is the rest of a breakdown. A value that is written ``$other`` itself is told as ``$$other``, and
so on with as many signs as it has.
"""

from __future__ import annotations

import re
from typing import Final

_LIKE_REST: Final = re.compile(r"\$+other")


def told(value: str) -> str:
    """Return a value as it stands in a label."""
    return f"${value}" if value[:1] == "$" and _LIKE_REST.fullmatch(value) else value


def meant(label: str) -> str:
    """Return the value that a label of text stands for; the rest is no value."""
    return label[1:] if label[:1] == "$" and _LIKE_REST.fullmatch(label) else label
