"""Which values of an event need looking at, remembered by its shape: the names it carries and their types.

Events of one kind have few shapes. Once a shape has been seen to have the names and types that are planned, an event
of it can only be wrong in the values that the plan restricts.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias, TypeVar

MOST: Final = 4_096
"""Shapes remembered; after that all are forgotten, so that whoever invents names fills no memory."""

Shape: TypeAlias = tuple[Any, ...]
"""Whose values, their names, their types."""
UNSEEN: Final[Any] = object()
"""What is not remembered yet."""
C = TypeVar("C")


class Shapes(dict[Shape, tuple[tuple[str, C], ...] | None]):
    """The restricted values of a shape with their checks; None where a name or a type is not as planned.

    Safe to use from several threads: what one forgets another works out again.
    """

    def remember(
        self, shape: Shape, asked: tuple[tuple[str, C], ...] | None
    ) -> tuple[tuple[str, C], ...] | None:
        """Keep what was found of a shape, and return it."""
        if len(self) >= MOST:
            self.clear()
        self[shape] = asked
        return asked
