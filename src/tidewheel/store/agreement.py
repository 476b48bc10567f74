"""What holds for a whole view although each of its shards sees a part: kinds, domains, codes of words.

A function marked :func:`agreed` is worked out on the whole. A shard's snapshot only looks its answer up,
and says by :class:`Lacking` what it has not been told yet.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Viewed")


class Viewed(Protocol):
    """A snapshot, as far as agreeing goes."""

    @property
    def part(self) -> bool:
        """Whether this is a shard of the view."""

    @property
    def memo(self) -> dict[Any, Any]:
        """What was worked out or told before."""

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once a key."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreed function with its arguments: what to ask of the whole."""

    module: str
    function: str
    args: tuple[Any, ...]

    def of(self, snapshot: Viewed) -> Any:
        """Work it out on the whole."""
        return getattr(importlib.import_module(self.module), self.function)(snapshot, *self.args)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text column from code ``known`` on."""

    column: str
    known: int


class Lacking(Exception):
    """A shard must be told something first."""

    def __init__(self, want: Agreement | Words) -> None:
        super().__init__(want)
        self.want = want


def agreed(function: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Mark a function of a whole snapshot; its answer is remembered, and must be told to shards."""

    def ask(snapshot: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        want = Agreement(function.__module__, function.__name__, (*args, *kwargs.values()))

        def make() -> R:
            if snapshot.part:
                raise Lacking(want)
            return function(snapshot, *args, **kwargs)

        found: R = snapshot.remember(want, make)
        return found

    ask.__doc__ = function.__doc__
    return ask


def known(snapshot: Viewed) -> dict[Agreement, Any]:
    """Return what a whole snapshot has agreed on so far."""
    return {key: value for key, value in list(snapshot.memo.items()) if isinstance(key, Agreement)}
