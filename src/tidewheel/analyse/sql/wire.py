"""What the server and a process that runs SQL say to each other: a line of JSON and bytes of Arrow each time.

The process reads what people wrote with a large engine, so that the server believes nothing it says: it makes no
objects of it but numbers, texts and lists, errors of four kinds, and conditions on columns.
"""

from __future__ import annotations

import io
import json
import pickle
import socket
import struct
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.analyse.sql.problems import LARGEST
from tidewheel.core.errors import BadInput, TidewheelError, TooLarge, Unavailable
from tidewheel.core.text import Text

Said = tuple[dict[str, Any], bytearray]
LONGEST: Final = 1 << 22
"""Most bytes of JSON."""
_FRAME: Final = 1 << 20
"""What Arrow writes around rows."""
_SIZES: Final = struct.Struct("!QQ")
_ERRORS: Final[dict[str, type[TidewheelError]]] = {
    kind.__name__: kind for kind in (BadInput, TooLarge, Unavailable)
}
_CONDITIONS: Final = {("pyarrow._compute", "Expression._deserialize"), ("pyarrow.lib", "py_buffer")}


class GoneError(Exception):
    """The other side has ended, or says what nobody can understand."""


class Line:
    """One end of a line between two processes."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def tell(self, head: dict[str, Any], body: Any = b"") -> None:
        """Say something."""
        said = json.dumps(head, default=str).encode()
        view = memoryview(body)
        try:
            self._end.sendall(_SIZES.pack(len(said), view.nbytes) + said)
            self._end.sendall(view)
        except OSError as error:
            raise GoneError from error

    def hear(self, largest: int | None = None) -> Said:
        """Wait for what the other side says; a body may have so many bytes at most."""
        head_size, body_size = _SIZES.unpack(self._take(_SIZES.size))
        if largest is not None and (head_size > LONGEST or body_size > largest):
            raise GoneError
        try:
            head = json.loads(bytes(self._take(head_size)))
        except (ValueError, RecursionError) as error:
            raise GoneError from error
        if not isinstance(head, dict):
            raise GoneError
        return head, self._take(body_size)

    def hear_rows(self) -> Said:
        """Wait for what a process that runs SQL says."""
        return self.hear(LARGEST + _FRAME)

    def close(self) -> None:
        """End the line."""
        self._end.close()

    def _take(self, size: int) -> bytearray:
        found = bytearray(size)
        left = memoryview(found)
        while left:
            try:
                got = self._end.recv_into(left, 0, socket.MSG_WAITALL)
            except OSError as error:
                raise GoneError from error
            if not got:
                raise GoneError
            left = left[got:]
        return found


def packed(batch: pa.RecordBatch) -> pa.Buffer:
    """Return rows as bytes."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, batch.schema) as writer:
        writer.write_batch(batch)
    return out.getvalue()


def unpacked(body: bytes | bytearray) -> pa.RecordBatch:
    """Return the rows of bytes."""
    try:
        with pa.ipc.open_stream(body) as reader:
            return reader.read_next_batch()
    except (pa.ArrowException, StopIteration, OSError) as error:
        raise GoneError from error


def condition_packed(condition: pc.Expression | None) -> bytes:
    """Return a condition as bytes."""
    return b"" if condition is None else pickle.dumps(condition, protocol=5)


def condition_unpacked(body: bytes | bytearray) -> pc.Expression | None:
    """Return the condition of bytes, and make nothing else of them."""
    if not body:
        return None
    try:
        condition = _Conditions(io.BytesIO(body)).load()
    except (
        pickle.UnpicklingError,
        pa.ArrowException,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise GoneError from error
    if not isinstance(condition, pc.Expression):
        raise GoneError
    return condition


class _Conditions(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _CONDITIONS:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


def error_packed(error: TidewheelError) -> dict[str, Any]:
    """Return an error as JSON."""
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "message": _both(error.message),
        "field": error.field,
        "got": error.got,
        "expected": error.expected,
        "hint": _both(error.hint),
        "values": {name: _both(one) if isinstance(one, Text) else one for name, one in error.values.items()},
    }


def error_unpacked(told: dict[str, Any]) -> TidewheelError:
    """Return the error of JSON."""
    try:
        hint = Text(*told["hint"]) if told["hint"] else None
        return _ERRORS[told["kind"]](
            told["code"],
            Text(*told["message"]),
            field=told["field"],
            got=told["got"],
            expected=told["expected"],
            hint=hint,
            **{name: Text(*one) if isinstance(one, list) else one for name, one in told["values"].items()},
        )
    except (KeyError, TypeError) as error:
        raise GoneError from error


def _both(text: Text | None) -> list[str] | None:
    return None if text is None else [text.en, text.zh]
