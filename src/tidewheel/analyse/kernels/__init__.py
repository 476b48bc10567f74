"""The compiled loops of the analyses: arrays in, arrays out, no Python objects.

Each module is compiled on its own and kept on disk. A kernel is only told apart by its own file there, so
kernels that call each other live in one file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile at first call, without the interpreter lock, and keep the machine code on disk."""
    return cast("F", njit(nogil=True, cache=True)(function))
