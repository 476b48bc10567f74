"""LZ-string, a compression of text that browsers' and mini programs' clients use.

The stream is LZ78 with codes that grow from three bits, least significant bit first; a new character is
announced by code 0 (8 bits follow) or 1 (16 bits), code 2 ends the text. How bits are put into characters
differs: 16 to a code unit (``compressToUint8Array``), 15 (``compressToUTF16``), 6 (``compressToEncodedURIComponent``).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

_URI: Final = np.full(128, 255, np.uint8)
_URI[np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$", np.uint8)] = (
    np.arange(65)
)
_ENDED, _TRUNCATED, _WRONG, _LARGE = 0, 1, 2, 3


class BadStream(ValueError):
    """The bytes are not an LZ-string stream, or one that is cut off."""


class TooLong(ValueError):
    """The text would be longer than allowed."""


def from_bytes(body: bytes, limit: int) -> str:
    """Undo ``compressToUint8Array``; at most ``limit`` UTF-16 code units."""
    return _text(np.frombuffer(body[: len(body) // 2 * 2], ">u2").astype(np.uint16), 16, limit)


def from_utf16(text: str, limit: int) -> str:
    """Undo ``compressToUTF16``."""
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    if codes.size and (codes.min() < 32 or codes.max() > 0x7FFF + 32):
        raise BadStream("not fifteen bits a character")
    return _text(codes - np.uint16(32), 15, limit)


def from_uri(text: str, limit: int) -> str:
    """Undo ``compressToEncodedURIComponent``; a space stands for the plus that a query made of it."""
    raw = np.frombuffer(text.replace(" ", "+").encode("ascii", "replace"), np.uint8)
    codes = _URI[np.minimum(raw, 127)]
    if codes.size and codes.max() > 64:
        raise BadStream("a sign that is not of the alphabet")
    return _text(codes[codes < 64].astype(np.uint16), 6, limit)


def _text(codes: npt.NDArray[np.uint16], bits: int, limit: int) -> str:
    out, length, state = _expand(np.ascontiguousarray(codes), bits, limit)
    if state == _LARGE:
        raise TooLong(limit)
    if state != _ENDED:
        raise BadStream("cut off" if state == _TRUNCATED else "a code before its meaning")
    raw: bytes = out[:length].tobytes()
    return raw.decode("utf-16-le", "replace")


@njit(nogil=True, cache=True)
def _bits(codes, width, at, count):  # type: ignore[no-untyped-def]
    """Return ``count`` bits from place ``at`` on, or -1 past the end."""
    if at + count > codes.size * width:
        return -1
    value = 0
    for place in range(count):
        where = at + place
        value |= ((int(codes[where // width]) >> (width - 1 - where % width)) & 1) << place
    return value


@njit(nogil=True, cache=True)
def _expand(codes, width, limit):  # type: ignore[no-untyped-def]
    """Return (code units, how many, state). Every entry of the dictionary is a part of the text so far."""
    text = np.empty(max(16, codes.size * 4), np.uint16)
    starts, lengths = np.zeros(64, np.int64), np.zeros(64, np.int64)
    at, size, entry_bits, left = 0, 3, 2, 2
    length, last, last_length = 0, -1, 0
    while True:
        code = _bits(codes, width, at, entry_bits)
        at += entry_bits
        if code < 0:
            return text, length, _TRUNCATED
        if code == 2:
            return text, length, _ENDED
        sign = -1
        if code < 2:
            count = 8 if code == 0 else 16
            sign = _bits(codes, width, at, count)
            at += count
            if sign < 0:
                return text, length, _TRUNCATED
        if size + 2 > starts.size:
            more, further = np.zeros(2 * starts.size, np.int64), np.zeros(2 * starts.size, np.int64)
            more[: starts.size], further[: starts.size] = starts, lengths
            starts, lengths = more, further
        if sign >= 0:
            starts[size], lengths[size] = length, 1
            begin, count = length, 1
            size += 1
            left -= 1
            if left == 0:
                left = 1 << entry_bits
                entry_bits += 1
        elif last < 0:
            return text, length, _WRONG
        elif code < size:
            begin, count = starts[code], lengths[code]
        elif code == size:
            begin, count = last, last_length + 1
        else:
            return text, length, _WRONG
        if length + count > limit:
            return text, length, _LARGE
        if length + count > text.size:
            longer = np.empty(max(2 * text.size, length + count), np.uint16)
            longer[:length] = text[:length]
            text = longer
        if sign >= 0:
            text[length] = sign
        else:
            for place in range(count):
                text[length + place] = text[begin + place]
        if last >= 0:
            starts[size], lengths[size] = last, last_length + 1
            size += 1
            left -= 1
        else:  # the first character is entry 3; from here on codes have three bits
            entry_bits, left = 3, 4
        if left == 0:
            left = 1 << entry_bits
            entry_bits += 1
        last, last_length = length, count
        length += count
