"""Violations counted: by day, source, event, property and code, with a few samples; bounded whatever arrives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, NamedTuple

from tidewheel.collect.plan.rules import Violation
from tidewheel.collect.values import shown
from tidewheel.core.events import kind_of
from tidewheel.core.text import Text

MOST_KEYS: Final = 5_000
"""Different violations counted apart between two takings; further ones are counted together by code."""
SAMPLES: Final = 3
OTHER: Final = "…"
"""Event of what is counted together."""
_LONGEST: Final = 80
_DIGITS: Final = re.compile(r"\d{7,}")
_MAIL: Final = re.compile(r"[^\s@]+@([^\s@]+)")


class TallyKey(NamedTuple):
    """What is counted together. ``day`` is ``2026-11-21`` in the project's zone."""

    project: str
    day: str
    source: str
    event: str
    property: str
    code: str


@dataclass(slots=True)
class Count:
    """How often, when first and last (ms), and a few samples as JSON values."""

    count: int = 0
    first: int = 2**62
    last: int = 0
    blocked: int = 0
    samples: list[Any] = field(default_factory=list)


class Tally:
    """Counts since it was last taken; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[TallyKey, Count] = {}

    def add(
        self, project: str, source: str, day: str, now: int, violations: Iterable[Violation], *, blocked: bool
    ) -> None:
        """Count violations of one source."""
        with self._lock:
            for one in violations:
                key = TallyKey(project, day, source, one.event[:200], one.property[:200], one.code)
                held = self._counts.get(key)
                if held is None:
                    if len(self._counts) >= MOST_KEYS:
                        key = TallyKey(project, day, source, OTHER, "", one.code)
                    held = self._counts.setdefault(key, Count())
                held.count += 1
                held.blocked += blocked
                held.first, held.last = min(held.first, now), max(held.last, now)
                if len(held.samples) < SAMPLES and one.got is not None and key.event != OTHER:
                    sample = masked_sample(one.got, sensitive=one.sensitive)
                    if sample not in held.samples:
                        held.samples.append(sample)

    def take(self) -> dict[TallyKey, Count]:
        """Return the counts and begin anew."""
        with self._lock:
            taken, self._counts = self._counts, {}
        return taken

    def put_back(self, counts: dict[TallyKey, Count]) -> None:
        """Count again what could not be kept."""
        with self._lock:
            for key, count in counts.items():
                held = self._counts.setdefault(key, Count())
                held.count += count.count
                held.blocked += count.blocked
                held.first, held.last = min(held.first, count.first), max(held.last, count.last)
                held.samples = (held.samples + [one for one in count.samples if one not in held.samples])[
                    :SAMPLES
                ]


def masked_sample(value: Any, *, sensitive: bool) -> Any:
    """Return a short JSON value to show; of a sensitive one only what kind it is and how long.

    Long numbers and addresses of mail are masked in any property: what nobody planned may be anything.
    """
    if isinstance(value, Text):
        return value.en
    if sensitive:
        length = f" ({len(value)})" if isinstance(value, str | list) else ""
        return f"[{kind_of(value)}{length}]"
    small = shown(value)
    if isinstance(small, int | float) and not isinstance(small, bool) and abs(small) >= 10**9:
        small = str(small)
    if isinstance(small, str):
        small = _MAIL.sub(r"•@\1", _DIGITS.sub(_ends, small))
        return small[:_LONGEST] + ("…" if len(small) > _LONGEST else "")
    return small


def _ends(found: re.Match[str]) -> str:
    digits = found[0]
    return f"{digits[:3]}{'•' * min(4, len(digits) - 5)}{digits[-2:]}"
