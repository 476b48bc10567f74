"""Snappy's raw blocks: no frame, the length of the content first."""

from __future__ import annotations

import cramjam

from tidewheel.collect.body import too_large


class BadBlock(ValueError):
    """The bytes are not a snappy block."""


def unpack(body: bytes, limit: int) -> bytes:
    """Return the content; raises TooLarge before making more than ``limit`` bytes."""
    try:
        if cramjam.snappy.decompress_raw_len(body) > limit:
            raise too_large(limit)
        return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise BadBlock("not a snappy block") from error
