"""Whole answers compared: counts must be equal, real numbers equal but for their last digits."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel


def same(found: Any, wanted: Any, where: str = "") -> bool:
    """Say whether two answers are equal; an assertion names the first place where they are not."""
    if isinstance(found, BaseModel):
        assert type(found) is type(wanted), where
        return all(
            same(getattr(found, name), getattr(wanted, name), f"{where}.{name}")
            for name in type(found).model_fields
        )
    if isinstance(found, list | tuple):
        assert len(found) == len(wanted), f"{where}: {found} is not {wanted}"
        return all(same(a, b, f"{where}[{at}]") for at, (a, b) in enumerate(zip(found, wanted, strict=True)))
    if isinstance(found, float) and isinstance(wanted, float | int):
        assert math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9), f"{where}: {found} is not {wanted}"
        return True
    assert found == wanted, f"{where}: {found} is not {wanted}"
    return True
