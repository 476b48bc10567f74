"""One row, one person: properties to set, and identifiers that belong together."""

from __future__ import annotations

from typing import ClassVar

from tidewheel.collect.files.cells import is_missing
from tidewheel.collect.files.contract import Job, Made, RowKind
from tidewheel.collect.files.readers import Row
from tidewheel.collect.wire import WireEvent, WirePerson
from tidewheel.core.text import Text


class People(RowKind):
    """Members or customers. Several identifiers in a row are linked; the other columns are set."""

    name: ClassVar[str] = "people"
    title: ClassVar[Text] = Text("People", "用户")
    needs: ClassVar[tuple[str, ...]] = ("who",)
    guesses: ClassVar[tuple[str, ...]] = ("who",)

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row."""
        who = job.who(row)
        when = job.when(row, job.mapping.when)
        if when is None:
            when = job.moment
        raw = {name: row.cells.get(column) for name, column in job.properties.items()}
        content = ("people", when, who, {name: value for name, value in raw.items() if not is_missing(value)})
        person = WirePerson(set=job.values(row, job.properties))
        return Made(row.number, WireEvent(None, when, None, who, person=person), content)
