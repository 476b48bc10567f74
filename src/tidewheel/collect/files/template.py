"""Templates: files in ``templates/`` that say how an export of a platform is read.

A template is recognised by its headings: it needs one of each group in ``needs``. Where a part has several headings,
the first that is there is taken, so that a template lives through small changes of an export.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from tidewheel.collect.files import templates
from tidewheel.collect.files.headings import plain
from tidewheel.collect.files.mapping import Mapping, Status

Headings = list[str]
WORDS: Final = ("，", ",")


class Template(BaseModel):
    """One export of a platform."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: dict[str, str]
    kind: str
    needs: list[Headings]
    who: dict[str, Headings] = {}
    prefix: dict[str, str] = {}
    when: Headings = []
    fields: dict[str, Headings] = {}
    items: dict[str, Headings] = {}
    statuses: dict[Status, list[str]] = {}
    include: Headings = []

    def fits(self, columns: Iterable[str]) -> bool:
        """Tell whether a file with these headings is one of this kind."""
        known = {plain(name) for name in columns}
        return all(any(plain(name) in known for name in group) for group in self.needs)

    def mapping(self, columns: Iterable[str]) -> Mapping:
        """Return what the columns of such a file mean."""
        known: dict[str, str] = {}
        for name in columns:
            known.setdefault(plain(name), name)

        def first(headings: Headings) -> str | None:
            return next((known[plain(name)] for name in headings if plain(name) in known), None)

        def chosen(parts: dict[str, Headings]) -> dict[str, str]:
            return {part: column for part, names in parts.items() if (column := first(names)) is not None}

        who = chosen(self.who)
        return Mapping(
            who=who,
            prefix={kind: before for kind, before in self.prefix.items() if kind in who},
            when=first(self.when),
            fields=chosen(self.fields),
            items=chosen(self.items) or None,
            statuses={word.lower(): means for means, words in self.statuses.items() for word in words},
            include=[known[plain(name)] for name in self.include if plain(name) in known],
        )


@cache
def known() -> tuple[Template, ...]:
    """Return all templates, those that need the most headings first."""
    files = [file for file in resources.files(templates).iterdir() if file.name.endswith(".toml")]
    found = [_read(file.read_text("utf-8")) for file in files]
    return tuple(sorted(found, key=lambda one: (-len(one.needs), one.name)))


def fitting(columns: Iterable[str], kind: str | None = None) -> Template | None:
    """Return the template that fits the headings best, of any kind of file or of one."""
    names = list(columns)
    return next((one for one in known() if kind in {None, one.kind} and one.fits(names)), None)


def _read(text: str) -> Template:
    said: dict[str, Any] = tomllib.loads(text)
    return Template.model_validate(said)
