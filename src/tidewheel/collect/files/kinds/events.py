"""One row, one event."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from tidewheel.collect.body import read_loosely
from tidewheel.collect.files.cells import is_missing
from tidewheel.collect.files.contract import Job, Made, RowKind
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import TidewheelError
from tidewheel.core.text import Text


class Events(RowKind):
    """Anything that happened: who, what, when, and the rest as properties."""

    name: ClassVar[str] = "events"
    title: ClassVar[Text] = Text("Events", "事件")
    needs: ClassVar[tuple[str, ...]] = ("who", "what", "when")
    guesses: ClassVar[tuple[str, ...]] = ("who", "when", "what")

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row."""
        mapping = job.mapping
        what = mapping.what or ""
        name = what[1:] if what.startswith("=") else row.cells.get(what)
        if is_missing(name):
            raise Refused("missing_what", what)
        who = job.who(row)
        when = job.when(row, mapping.when)
        if when is None:
            raise Refused("missing_when", mapping.when)
        own_id = (
            None
            if mapping.id is None or is_missing(row.cells.get(mapping.id))
            else str(row.cells[mapping.id])
        )
        items = self._items(job, row)
        properties = job.values(row, job.properties)
        raw = {key: row.cells.get(column) for key, column in job.properties.items()}
        content = (
            "events",
            name,
            when,
            who,
            {key: value for key, value in raw.items() if not is_missing(value)},
            items,
        )
        event = WireEvent(str(name).strip(), when, own_id, who, properties, items)
        return Made(row.number, event, None if own_id else content)

    def _items(self, job: Job, row: Row) -> list[dict[str, Any]] | None:
        items = job.mapping.items
        if items is None:
            return None
        if isinstance(items, dict):
            item = job.values(row, items)
            return [item] if item else None
        value = row.cells.get(items)
        if is_missing(value):
            return None
        if isinstance(value, str):
            try:
                value, _ = read_loosely(value)
            except TidewheelError:
                raise Refused("bad_items", items, value[:100]) from None
        if isinstance(value, dict):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Refused("bad_items", items, json.dumps(value, ensure_ascii=False, default=str)[:100])
        return value
