"""The index from actors to runs, in two levels: what was there, and what came since.

A new file is counted into the small level; the large one is made anew when an eighth has come. The large one is
kept beside the columns and mapped, so that a start does not count it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tidewheel.store.columns.derived import Drawer
from tidewheel.store.columns.runs import RunIndex, index_runs
from tidewheel.store.shelf import Loaded, Unit

NAME: Final = "runs"
LEAST: Final = 65_536
"""Fewest runs whose index is worth a file."""


@dataclass(frozen=True, slots=True)
class Level:
    """Some units and where the runs of their segments are."""

    units: tuple[Unit, ...]
    segments: tuple[Loaded, ...]
    index: RunIndex

    @property
    def runs(self) -> int:
        """Runs of all actors."""
        return len(self.index.runs)


class Levels:
    """Indexes the units of one view. Hold a lock around it."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer
        self._early, self._late = _level([], Drawer()), _level([], Drawer())

    def both(self) -> tuple[Level, Level]:
        """Return the two levels."""
        return self._early, self._late

    def arrange(self, units: Sequence[Unit]) -> None:
        """Index exactly these units."""
        if not self._early.units:
            self._early = self._found(units)
        now = set(units)
        if now.issuperset(self._early.units):
            held = set(self._early.units)
            rest = [unit for unit in units if unit not in held]
            if set(rest) == set(self._late.units):
                return
            late = _level(rest, Drawer())
            if 8 * late.runs <= self._early.runs:
                self._late = late
                return
        self._early, self._late = _level(units, self._drawer), _level([], Drawer())

    def _found(self, units: Sequence[Unit]) -> Level:
        """Return the level that was kept, if all its units are among these."""
        by_stamp = {(one.stamp, one.number): (one, unit) for unit in units for one in unit.loaded}

        def fits(key: dict[str, Any]) -> bool:
            held = {by_stamp.get((stamp, number), (None, None))[1] for stamp, number in key["segments"]}
            count = sum(len(unit.loaded) for unit in held if unit is not None)
            return (
                key["lineage"] == self._drawer.lineage and None not in held and count == len(key["segments"])
            )

        found = self._drawer.find(NAME, fits)
        if found is None:
            return self._early
        key, arrays = found
        pairs = [by_stamp[stamp, number] for stamp, number in key["segments"]]
        held = dict.fromkeys(unit for _, unit in pairs)
        return Level(
            tuple(held), tuple(one for one, _ in pairs), RunIndex(0, arrays["heads"][:-1], arrays["runs"])
        )


def index(loaded: Sequence[Loaded], drawer: Drawer) -> RunIndex:
    """Return where the runs of some segments are; kept if they are on disk and many."""
    actors = [one.actors for one in loaded]
    named = all(one.stamp for one in loaded) and sum(map(len, actors)) >= LEAST
    key = {"lineage": drawer.lineage, "segments": [[one.stamp, one.number] for one in loaded]}
    known = 1 + max((int(codes.max(initial=-1)) for codes in actors), default=-1)
    place = drawer if named else Drawer()
    return index_runs(
        actors,
        [one.segment.runs for one in loaded],
        known,
        lambda wanted, fill: place.make(NAME, key, wanted, fill),
    )


def _level(units: Sequence[Unit], drawer: Drawer) -> Level:
    segments = sorted((one for unit in units for one in unit.loaded), key=lambda one: one.segment.base)
    return Level(tuple(units), tuple(segments), index(segments, drawer))
