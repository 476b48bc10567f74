"""What stored columns are called in SQL.

A property is called by its own name. Where one name holds values of several kinds, the kind the retail
vocabulary gives it, else the commonest one, has the plain name and the others end in ``_text``,
``_number``, ``_flag``, ``_time`` or ``_list``. SQL does not tell upper from lower case: names that differ
by nothing else, and names that are taken, get the same endings, then a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tidewheel.core.events import Kind

EVENT_KINDS: Final[Mapping[str, Kind]] = {
    "order_id": "text",
    "value": "number",
    "gross_value": "number",
    "discount": "number",
    "refund_value": "number",
    "currency": "text",
    "coupon_id": "text",
    "store_id": "text",
    "channel": "text",
    "platform": "text",
    "scene": "text",
    "utm_source": "text",
    "utm_medium": "text",
    "utm_campaign": "text",
    "search_term": "text",
}
"""Properties of events that every project has in SQL, empty until they come."""
ITEM_KINDS: Final[Mapping[str, Kind]] = {
    "item_id": "text",
    "item_name": "text",
    "item_category": "text",
    "price": "number",
    "quantity": "number",
}
"""Properties of items that every project has in SQL."""
PERSON_KINDS: Final[Mapping[str, Kind]] = {"name": "text", "city": "text"}
"""Properties of people that every project has in SQL."""


def readable(
    counts: Mapping[tuple[str, Kind], int], taken: Iterable[str], standard: Mapping[str, Kind]
) -> dict[str, tuple[str, Kind]]:
    """Return SQL names, in order, and the (property, kind) each stands for.

    ``counts`` says in how many rows a property has been seen with a kind; ``standard`` ones come first
    and are there even if never seen.
    """
    used = {name.casefold() for name in taken}
    found: dict[str, tuple[str, Kind]] = {}
    first = [(name, kind) for name, kind in standard.items()]
    rest = sorted(set(counts) - set(first), key=lambda pair: (pair[0], -counts[pair], pair[1]))
    for name, kind in (*first, *rest):
        shown = _free(name, kind, used)
        used.add(shown.casefold())
        found[shown] = (name, kind)
    return found


def _free(name: str, kind: Kind, used: set[str]) -> str:
    if name.casefold() not in used and name:
        return name
    ended = f"{name}_{kind}"
    number = 1
    while ended.casefold() in used:
        number += 1
        ended = f"{name}_{kind}_{number}"
    return ended
