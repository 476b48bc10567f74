"""What one query may take."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

LONGEST: Final = 50_000
"""Most characters of a query."""
MIB: Final = 1 << 20
_STACK: Final = 8 * MIB
"""What a thread's stack counts as."""
_MORE_THREADS: Final = 8
"""Threads the engine has beside those that work."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Time, memory, disk for what memory does not hold, and threads (0: one a core)."""

    seconds: float
    memory_mb: int
    disk_mb: int
    threads: int

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """Return the limits of :meth:`told`."""
        return cls(**told)

    def told(self) -> dict[str, Any]:
        """Return the limits as JSON."""
        return asdict(self)

    def tables_mb(self) -> int:
        """Return what the engine's own tables may take before they go to disk; the rest is for values it does not count."""
        return self.memory_mb * 3 // 4

    def whole(self, threads: int) -> int:
        """Return the bytes a process may take beyond those it has when it is idle."""
        return self.memory_mb * MIB + (threads + _MORE_THREADS) * _STACK
