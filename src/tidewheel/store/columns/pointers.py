"""Reading many arrays of one type in one kernel: a table of addresses instead of a list of arrays.

A kernel made of small functions also passes addresses between them: handing on an array costs a count of
references and a dozen words, an address one register. Nothing is checked here; who gives an address says
how far it may be read.
"""

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


def _storer(bits: int) -> Callable[..., Any]:
    def store(typing_context: Any, address: Any, index: Any, value: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
            base = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            number = context.cast(builder, arguments[2], signature.args[2], types.Integer.from_bitwidth(bits))
            builder.store(number, builder.gep(base, [arguments[1]]))
            return context.get_dummy_value()

        return types.void(types.uint64, types.int64, value), generate

    return store


load8 = intrinsic(_loader(8, types.uint8))
"""``load8(address, index)``: the unsigned byte at an index of an array (compiled code only, unchecked)."""
load16 = intrinsic(_loader(16, types.uint16))
"""The same for 16 bits."""
load32 = intrinsic(_loader(32, types.uint32))
"""The same for 32 bits."""
load64 = intrinsic(_loader(64, types.uint64))
"""The same for 64 bits."""
read64 = intrinsic(_loader(64, types.int64))
"""The same for 64 bits with a sign."""
store32 = intrinsic(_storer(32))
"""``store32(address, index, number)``: write the low 32 bits of a number."""
store64 = intrinsic(_storer(64))
"""The same for 64 bits."""


def addresses(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[np.uint64]:
    """Return where the arrays' data begin; keep the arrays alive while the addresses are in use."""
    return np.array([array.ctypes.data for array in arrays], dtype=np.uint64)
