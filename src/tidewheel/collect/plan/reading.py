"""Reading a value as the type its property is declared with, where nothing is lost by it.

What would lose something (``"007"`` as a number, ``1.5`` as text) stays as it was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tidewheel.collect.times import read_moment, read_number

EXACT: Final = 2**53
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT_FROM: Final = 1e11
"""Smaller numbers are more likely counts than moments in milliseconds."""
_FLAGS: Final[dict[Any, bool]] = {"true": True, "false": False, "1": True, "0": False}


def _text(value: Any, sent: Any) -> Any:
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime) and type(sent) is str:
        return sent
    return None


def _number(value: Any, sent: Any) -> Any:  # noqa: ARG001
    if type(value) is not str or not _NUMBER.fullmatch(value.strip()):
        return None
    number = float(value)
    if number.is_integer():
        return int(number) if abs(number) <= EXACT else None
    # more digits than a double holds would come back different
    digits = value.strip().lstrip("-").partition("e")[0].partition("E")[0].replace(".", "").strip("0")
    return number if len(digits) <= 15 else None


def _money(value: Any, sent: Any) -> Any:
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) <= EXACT else None
    number = _number(value, sent)
    return number if type(number) is int else None


def _flag(value: Any, sent: Any) -> Any:  # noqa: ARG001
    if type(value) is str:
        return _FLAGS.get(value.strip().lower())
    return {0: False, 1: True}.get(value) if type(value) is int else None


def _time(value: Any, sent: Any) -> Any:  # noqa: ARG001
    if type(value) is str:
        return read_moment(value.strip())
    if type(value) is int and value >= _MOMENT_FROM:
        moment = read_number(value)
        try:
            return None if moment is None else _EPOCH + timedelta(milliseconds=moment)
        except OverflowError:
            return None
    return None


def _list(value: Any, sent: Any) -> Any:  # noqa: ARG001
    if type(value) is not str:
        return None
    if value[:1] == "[":
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
        if isinstance(read, list) and all(type(one) is str for one in read):
            return read
    return [value]


READERS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "flag": _flag,
    "time": _time,
    "list": _list,
}
"""By declared type: takes the value as it is kept and as it was sent, returns it as declared or None."""
