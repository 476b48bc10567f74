"""Tests of properties said in plain Python, one value at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from tidewheel.analyse.question import Condition, Every, Negation, OneItem, Some, Test

Look = Callable[[Condition], Any]
NEGATIVE: Final[Mapping[str, Any]] = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "has_none": "has_any",
    "is_not_set": "is_set",
}


def holds(test: Condition, held: Any) -> bool:
    """Say whether a value (None: not set) passes a condition."""
    if test.op in NEGATIVE:
        return not holds(test.model_copy(update={"op": NEGATIVE[test.op]}), held)
    if held is None:
        return False
    wanted: Any = test.value
    if isinstance(held, datetime):
        wanted = [moment(one, held) for one in wanted] if isinstance(wanted, list) else moment(wanted, held)
    told: dict[str, Callable[[], bool]] = {
        "is_set": lambda: True,
        "is": lambda: held == wanted,
        "in": lambda: held in wanted,
        "contains": lambda: wanted in held,
        "starts_with": lambda: held.startswith(wanted),
        "ends_with": lambda: held.endswith(wanted),
        "matches": lambda: re.search(wanted, held) is not None,
        "gt": lambda: held > wanted,
        "gte": lambda: held >= wanted,
        "lt": lambda: held < wanted,
        "lte": lambda: held <= wanted,
        "before": lambda: held < wanted,
        "after": lambda: held > wanted,
        "between": lambda: wanted[0] <= held <= wanted[1],
        "has": lambda: wanted in held,
        "has_any": lambda: any(one in held for one in wanted),
        "has_all": lambda: all(one in held for one in wanted),
    }
    return told[test.op]()


def moment(text: str, beside: datetime) -> datetime:
    """Read a time; one without a zone is in the zone of the value beside it."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=beside.tzinfo)


def passes(test: Test, look: Look, items: list[Look]) -> bool:
    """Say whether an event passes a test; ``look`` gives its and its person's values, ``items`` its goods'."""
    if isinstance(test, Every):
        return all(passes(one, look, items) for one in test.all)
    if isinstance(test, Some):
        return any(passes(one, look, items) for one in test.any)
    if isinstance(test, Negation):
        return not passes(test.not_, look, items)
    if isinstance(test, OneItem):
        return any(all(holds(one, item(one)) for one in test.item) for item in items)
    if test.scope == "item":
        return any(holds(test, item(test)) for item in items)
    return holds(test, look(test))
