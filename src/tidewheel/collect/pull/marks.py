"""Values of a cursor column as JSON and back, without losing what kind they are."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tidewheel.collect.times import ms_of, zone_of

Mark = list[Any]


def mark_of(value: Any) -> Mark | None:
    """Return a value as JSON: [kind, text or number]."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, Decimal):
        return ["decimal", str(value)]
    if isinstance(value, bytes | bytearray):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, UUID):
        return ["uuid", str(value)]
    if isinstance(value, bool | int | float | str):
        return [type(value).__name__, value]
    return ["str", str(value)]


def value_of(mark: Mark | None) -> Any:
    """Undo :func:`mark_of`."""
    if mark is None:
        return None
    kind, value = mark
    made: dict[str, Any] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "decimal": Decimal,
        "bytes": bytes.fromhex,
        "uuid": UUID,
    }
    return made[kind](value) if kind in made else value


def moment_of(value: Any, zone: str) -> int | None:
    """Return UTC ms of a time, in ``zone`` where it names none; None for anything else."""
    return (
        ms_of(value if value.tzinfo else value.replace(tzinfo=zone_of(zone)))
        if isinstance(value, datetime)
        else None
    )
