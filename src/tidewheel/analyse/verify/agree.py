"""Two answers are the same but for the last digits of their floats."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel


def differences(one: Any, two: Any, path: str = "") -> list[str]:
    """Return where two answers differ, as paths with both values."""
    if isinstance(one, BaseModel) and isinstance(two, BaseModel):
        return differences(one.model_dump(mode="json"), two.model_dump(mode="json"), path)
    if isinstance(one, dict) and isinstance(two, dict):
        keys = [*one, *(key for key in two if key not in one)]
        return [found for key in keys for found in differences(one.get(key), two.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(two, list):
        if len(one) != len(two):
            return [f"{path}: {len(one)} and {len(two)} entries"]
        return [
            f
            for at, pair in enumerate(zip(one, two, strict=True))
            for f in differences(*pair, f"{path}[{at}]")
        ]
    return [] if one == two or _close(one, two) else [f"{path}: {one!r} and {two!r}"]


def _close(one: Any, two: Any) -> bool:
    """Say whether two numbers, of which one is a float, differ by rounding alone."""
    numbers = all(isinstance(value, float | int) and not isinstance(value, bool) for value in (one, two))
    if not numbers or (isinstance(one, int) and isinstance(two, int)):
        return False
    try:
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    except OverflowError:
        return False
