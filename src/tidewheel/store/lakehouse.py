"""The lake tables of one project."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyarrow as pa

from tidewheel.core.clock import Clock
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.store.budget import Budget
from tidewheel.store.erase.needles import Needles
from tidewheel.store.erase.rows import before, without
from tidewheel.store.lake import LakeTable, Rewritten
from tidewheel.store.lake_place import drop_all, tables_under
from tidewheel.store.links import earliest_links, link_table
from tidewheel.store.order import join, sorted_events


class Lakehouse:
    """``events`` by month, ``links``, and plain tables by name, under one folder or address."""

    def __init__(
        self,
        url: str,
        storage_options: dict[str, str] | None,
        clock: Clock,
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.url = url.rstrip("/")
        self._options = storage_options
        self._clock = clock
        self._checkpoint = checkpoint
        self.events = self._open("events", by_month=True)
        self.links = self._open("links")
        self._plain: dict[str, LakeTable] = {}

    def plain(self, name: str) -> LakeTable:
        """Return a table of rows kept as imported."""
        if not re.fullmatch(r"[a-z][a-z_]{0,40}", name) or name in {"events", "links"}:
            raise BadInput(
                "bad_table",
                Text("{name} is not a table of rows.", "{name} 不是行表。"),
                field="table",
                got=name,
                name=name,
            )
        if name not in self._plain:
            self._plain[name] = self._open(name)
        return self._plain[name]

    @property
    def versions(self) -> tuple[int, int]:
        """The versions of events and links that are known here."""
        return self.events.version, self.links.version

    def refresh(self) -> None:
        """Take in commits of other processes."""
        for table in (*self._plain.values(), self.events, self.links):  # an event's links are there before it
            table.refresh()

    def compact(
        self,
        succeeded: Callable[[list[str], str], None] = lambda old, new: None,
        budget: Budget | None = None,
    ) -> int:
        """Merge small files of events and links; returns how many files were replaced.

        ``succeeded`` is told which files of events another stands for; ``budget`` bounds the memory.
        """
        events = self.events.compact(_merge_events, succeeded=succeeded, budget=budget)
        return events + self.links.compact(_merge_links, budget=budget)

    def erase(self, needles: Needles, seen: set[str] | None = None) -> dict[str, int]:
        """Take people out of every table there is, and delete what was replaced; returns what was removed.

        The files out of force stay until :meth:`scrap`, for those who read them now. ``seen`` are files that
        a call before has found to hold nobody, and is added to.
        """
        change = without(needles)
        found: dict[str, int] = {}
        for name in self.names():
            done = self.table(name).rewrite(change, seen)
            found |= {
                f"{name}.files": done.files,
                f"{name}.rows": done.rows,
                f"{name}.looked_at": done.looked_at,
            }
        return found

    def expire(self, moment: int, source: str | None) -> Rewritten:
        """Drop events that happened before a moment, of one source or of all."""
        return self.events.rewrite(before(moment, source))

    def scrap(self) -> int:
        """Delete at once every file that is not in force, also what a killed process has not committed; returns how many."""
        return sum(self.table(name).scrap() for name in self.names())

    def names(self) -> list[str]:
        """Return the tables there are, on disk or in use."""
        return sorted({"events", "links", *self._plain, *tables_under(self.url, self._options)})

    def table(self, name: str) -> LakeTable:
        """Return a table by name."""
        own = {"events": self.events, "links": self.links}
        return own[name] if name in own else self.plain(name)

    def vacuum(self, keep_hours: int) -> int:
        """Delete files out of force for ``keep_hours``; returns how many."""
        tables = (self.events, self.links, *self._plain.values())
        return sum(table.vacuum(keep_hours) for table in tables)

    def drop(self) -> None:
        """Delete every table."""
        for table in (self.events, self.links, *self._plain.values()):
            table.drop()
        drop_all(self.url, self._options)

    def _open(self, name: str, *, by_month: bool = False) -> LakeTable:
        return LakeTable(
            f"{self.url}/{name}",
            by_month=by_month,
            storage_options=self._options,
            clock=self._clock,
            checkpoint=self._checkpoint,
        )


def _merge_events(tables: Sequence[pa.Table]) -> pa.Table:
    return sorted_events(join(tables))


def _merge_links(tables: Sequence[pa.Table]) -> pa.Table:
    return earliest_links(pa.concat_tables([link_table(table) for table in tables]))
