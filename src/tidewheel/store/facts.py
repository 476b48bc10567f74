"""What every event must be before it can be kept, and what tells two events apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.core.errors import BadInput
from tidewheel.core.events import Event, encode_events
from tidewheel.core.text import Text

LATEST: Final = 253_402_300_800_000
"""Moments from 1970 up to the year 10000 can be kept."""
_IDS: Final = 2**64


def event_key(event: Event) -> int:
    """Return 128 bits that stand for (actor, id) within this process."""
    return event.id << 64 | (hash(event.actor) & 0xFFFF_FFFF_FFFF_FFFF)


def row_keys(rows: pa.Table) -> list[int]:
    """Return the :func:`event_key` of each row of a table of events."""
    actors, ids = rows["actor"].to_pylist(), rows["id"].to_numpy().view(np.uint64).tolist()
    return [key << 64 | (hash(actor) & 0xFFFF_FFFF_FFFF_FFFF) for actor, key in zip(actors, ids, strict=True)]


def check_events(events: Sequence[Event]) -> None:
    """Refuse what no column can hold."""
    for event in events:
        if not 0 <= event.time < LATEST:
            raise _not_a_moment("time", event.time)
        if not 0 <= event.received < LATEST:
            raise _not_a_moment("received", event.received)
        if not 0 <= event.id < _IDS:
            raise BadInput(
                "bad_event_id",
                Text("The id of an event is an unsigned 64-bit number.", "事件 id 应为无符号 64 位整数。"),
                field="id",
                got=str(event.id),
            )


def encoded(events: list[Event]) -> bytes:
    """Return the form kept in the inbox; BadInput when a value has no such form."""
    try:
        return encode_events(events)
    except (UnicodeEncodeError, OverflowError, TypeError, RecursionError) as error:
        raise BadInput(
            "not_storable",
            Text("An event holds a value that cannot be stored: {why}.", "事件中有无法存储的值：{why}。"),
            hint=Text(
                "Use text, finite numbers, true/false, moments and lists of text.",
                "请使用文本、有限数值、布尔、时间或文本列表。",
            ),
            why=str(error)[:200],
        ) from None


def _not_a_moment(field: str, got: int) -> BadInput:
    return BadInput(
        "time_out_of_range",
        Text("{value} is not a moment between 1970 and 9999.", "{value} 不在 1970 年至 9999 年之间。"),
        field=field,
        got=got,
        expected="1970-01-01 … 9999-12-31",
        value=got,
    )
