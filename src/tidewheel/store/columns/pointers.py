"""Reading many arrays of one type in one kernel: a table of addresses instead of a list of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _loader(bits: int, result: types.Integer) -> Callable[[Any, Any, Any], Any]:
    def load(typing_context: Any, address: Any, index: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            base = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            return builder.load(builder.gep(base, [arguments[1]]))

        return result(types.uint64, types.int64), generate

    return load


load8 = intrinsic(_loader(8, types.uint8))
"""``load8(address, index)``: the unsigned byte at an index of an array (compiled code only, unchecked)."""
load32 = intrinsic(_loader(32, types.uint32))
"""The same for 32 bits."""
load64 = intrinsic(_loader(64, types.uint64))
"""The same for 64 bits."""


def addresses(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[np.uint64]:
    """Return where the arrays' data begin; keep the arrays alive while the addresses are in use."""
    return np.array([array.ctypes.data for array in arrays], dtype=np.uint64)
