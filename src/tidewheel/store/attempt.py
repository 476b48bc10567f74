"""Steps of threads that must go on whatever happens in them."""

from __future__ import annotations

from collections.abc import Callable


def attempt(step: Callable[[], None]) -> str | None:
    """Run a step; return what went wrong."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - shown by the health checks, and tried again
        return f"{type(error).__name__}: {error}"
    return None
