"""Reading many arrays of one type in one kernel: a table of addresses instead of a list of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def pointer(typing_context: Any, address: Any) -> Any:  # noqa: ARG001
    """Turn an address into a pointer for ``carray`` (compiled code only)."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


def addresses(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[np.uint64]:
    """Return where the arrays' data begin; keep the arrays alive while the addresses are in use."""
    return np.array([array.ctypes.data for array in arrays], dtype=np.uint64)
