"""Data in a field of a form or of an address: JSON as it is, or in base64, with or without gzip inside."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl

from tidewheel.collect.body import decode_text, read_json, too_large, unpack
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form by name, whatever its type was said to be."""
    return read_pairs(decode_text(body)[0])


def read_pairs(text: str) -> dict[str, str]:
    """Return the fields of a query or a form by name; what is no UTF-8 once unescaped is read as GB18030."""
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return {_in_utf8(name): _in_utf8(value) for name, value in pairs}


def _in_utf8(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return decode_text(text.encode("utf-8", "surrogateescape"))[0]
    return text


def is_form(body: bytes) -> bool:
    """Tell a form from JSON by its first sign."""
    return body.lstrip()[:1] not in (b"{", b"[", b"")


def read_field(text: str, limit: int) -> Any:
    """Return the JSON value of a field; never makes more than ``limit`` bytes."""
    if len(text) > limit:
        raise too_large(limit)
    if text.lstrip()[:1] in ("{", "["):
        return read_json(text)
    return read_json(unpack(_from_base64(text), limit))


def _from_base64(text: str) -> bytes:
    """Read both alphabets; a plus sign has often become a space on the way, and the padding been lost."""
    tidy = text.strip().replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(tidy + "=" * (-len(tidy) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(
            "bad_base64",
            Text("The data is neither JSON nor base64.", "数据既不是 JSON，也不是 base64。"),
            field="data",
            got=text[:40],
            hint=Text("It may have been cut off; send it again.", "可能传输不完整，请重新发送。"),
        ) from None


class Entries(list[Any]):
    """What was sent, and the fields of the form or address that it came in."""

    def __init__(self, entries: list[Any], fields: dict[str, str]) -> None:
        super().__init__(entries)
        self.fields = fields
