"""Telling the encoding of a text file from its first bytes."""

from __future__ import annotations

import codecs
from typing import Final

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

SAMPLE_BYTES: Final = 256 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(sample: bytes) -> str:
    """Return ``utf-8``, ``utf-8-sig``, ``utf-16``, ``utf-16-le``, ``utf-16-be`` or ``gb18030``.

    ``sample`` may end in the middle of a character.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    even, odd = sample[0:4096:2].count(0), sample[1:4096:2].count(0)
    if max(even, odd) * 8 > min(len(sample), 4096):
        return "utf-16-le" if odd > even else "utf-16-be"
    for name in ("utf-8", "gb18030"):
        if _reads(sample, name):
            return name
    damaged = sample.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    return "utf-8" if broken * 2 < sum(sign > "\x7f" for sign in damaged) else "gb18030"


def check_is_text(sample: bytes, encoding: str) -> None:
    """Raise when a file is no text at all: pictures, archives, unknown binary formats."""
    text = sample[:4096].decode(encoding, "replace")
    odd = sum(sign < " " and sign not in "\t\r\n\f\x1a" for sign in text)
    if odd * 20 > len(text):
        raise BadInput(
            "not_a_table",
            Text("This file is not a table.", "该文件不是表格。"),
            expected=["csv", "tsv", "jsonl", "parquet", "xlsx"],
            hint=Text(
                "Save it as CSV, JSON lines, Parquet or Excel.", "请另存为 CSV、JSONL、Parquet 或 Excel。"
            ),
        )


def _reads(sample: bytes, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        decoder.decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True
