"""Bytes to JSON: gzip by its magic bytes, encodings, and what is nearly JSON.

Headers are not looked at: real clients send gzip without saying so, and say so without doing it.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any, Final

import msgspec

from tidewheel.core.errors import BadInput, TooLarge
from tidewheel.core.text import Text

GZIP: Final = b"\x1f\x8b"
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")


def unpack(body: bytes, limit: int) -> bytes:
    """Return the body without gzip; never makes more than ``limit`` bytes."""
    if len(body) > limit:
        raise too_large(limit)
    if body[:2] != GZIP:
        return body
    parts: list[bytes] = []
    left, rest = limit + 1, body
    while rest[:2] == GZIP:
        stream = zlib.decompressobj(31)
        try:
            part = stream.decompress(rest, left)
        except zlib.error:
            raise _bad_gzip() from None
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise too_large(limit)
        if not stream.eof:
            raise _bad_gzip()
        rest = stream.unused_data
    return b"".join(parts)


def decode_text(body: bytes) -> tuple[str, str | None]:
    """Return the text and, if it was not UTF-8, the encoding it was read in."""
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            return body.decode(encoding, "replace"), None if encoding == "utf-8-sig" else "UTF-16"
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        damaged = body.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    sound = sum(sign > "\x7f" for sign in damaged) - broken
    if sound <= broken:
        try:
            return body.decode("gb18030"), "GB18030"
        except UnicodeDecodeError:
            pass
    return damaged, "UTF-8 with damaged characters"


def read_json(body: bytes | str) -> Any:
    """Return the JSON value: quickly when it is strict, loosely when it is not."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return read_loosely(body if isinstance(body, str) else decode_text(body)[0])[0]


def read_loosely(text: str) -> tuple[Any, bool]:
    """Return (JSON value, whether it was strict). NaN, Infinity and numbers out of range become text."""
    loose = False

    def number(literal: str) -> float | str:
        nonlocal loose
        value = float(literal)
        if value in (float("inf"), float("-inf")):
            loose = True
            return literal
        return value

    def whole(literal: str) -> int | str:
        return int(literal) if len(literal) < 400 else literal

    def constant(literal: str) -> str:
        nonlocal loose
        loose = True
        return literal

    try:
        value = json.loads(text, parse_float=number, parse_int=whole, parse_constant=constant)
        if _SURROGATE.search(text):
            mended = mend(value)
            loose = loose or mended != value
            value = mended
    except json.JSONDecodeError as error:
        if not text.strip():
            raise empty_body() from None
        raise BadInput(
            "not_json",
            Text(
                "The body is not JSON: line {line}, column {column}.",
                "请求体不是 JSON：第 {line} 行第 {column} 列有误。",
            ),
            got=text[max(0, error.pos - 20) : error.pos + 20],
            expected='{"events": […]}',
            hint=Text(
                "Send one event, a list of events, or an object with events.",
                "请发送一个事件、事件列表，或含 events 的对象。",
            ),
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise BadInput(
            "too_deep",
            Text("The body is nested too deeply to read.", "请求体嵌套过深，无法读取。"),
            hint=Text("Flatten it.", "请展平后发送。"),
        ) from None
    return value, not loose


def mend(value: Any) -> Any:
    """Return a JSON value in which lone surrogates, which no encoding can hold, are U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [mend(part) for part in value]
    if isinstance(value, dict):
        return {mend(name): mend(part) for name, part in value.items()}
    return value


def empty_body() -> BadInput:
    """Make the error for a body in which there is nothing."""
    return BadInput(
        "empty_body",
        Text("The body holds no events.", "请求体中没有事件。"),
        expected='{"events": […]}',
        hint=Text(
            "Send one event, a list of events, or an object with events.",
            "请发送一个事件、事件列表，或含 events 的对象。",
        ),
    )


def too_large(limit: int) -> TooLarge:
    """Make the error for a body over the limit, before or after unpacking."""
    return TooLarge(
        "body_too_large",
        Text("The body is larger than {mib} MiB.", "请求体超过 {mib} MiB。"),
        expected=limit,
        hint=Text("Send fewer events at once.", "请减少每次发送的事件数。"),
        mib=round(limit / 2**20, 1),
    )


def _bad_gzip() -> BadInput:
    return BadInput(
        "bad_gzip",
        Text("The body starts as gzip but cannot be unpacked.", "请求体以 gzip 开头但无法解压。"),
        hint=Text("It may have been cut off; send it again.", "可能传输不完整，请重新发送。"),
    )
