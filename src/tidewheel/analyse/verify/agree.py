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
    if isinstance(one, float | int) and isinstance(two, float | int) and not isinstance(one, bool):
        same = math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    else:
        same = one == two
    return [] if same else [f"{path}: {one!r} and {two!r}"]
