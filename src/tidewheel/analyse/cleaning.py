"""Values put together by wildcards: all pages of goods are one page.

Rules look at every word of a column once, never at rows; what they make of it is a table from digit to digit.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.analyse.question import Breakdown
from tidewheel.store.agreement import agreed
from tidewheel.store.reader import word_count
from tidewheel.store.view import Snapshot

Rules = tuple[tuple[str, str], ...]
"""Patterns with the names of what they catch."""


def rules_of(breakdown: Breakdown) -> Rules:
    """Return the rules of a breakdown; a pattern without a name is its own."""
    return tuple((one.pattern, one.name or one.pattern) for one in breakdown.clean)


@agreed
def cleaned(snapshot: Snapshot, column: str, rules: Rules) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Return what each digit of a text column becomes, and the names that are no word of it: the next digits."""
    size = word_count(snapshot, column)
    interner = snapshot.interner(column)
    becomes = np.arange(size + 1, dtype=np.int32)
    names = list(dict.fromkeys(name for _, name in rules))
    known = interner.codes(pa.array(names, pa.string()), add=False)
    fresh = [name for name, code in zip(names, known.tolist(), strict=True) if not 0 <= code < size]
    digit = {name: code + 1 for name, code in zip(names, known.tolist(), strict=True) if 0 <= code < size}
    digit |= {name: size + 1 + at for at, name in enumerate(fresh)}
    words = pa.array(interner.strings(np.arange(size)), pa.large_string())
    left = np.arange(size)
    for pattern, name in rules:
        caught = pc.match_substring_regex(words, _expression(pattern)).to_numpy(zero_copy_only=False)
        becomes[left[caught] + 1] = digit[name]
        left, words = left[~caught], words.filter(pa.array(~caught))
    return becomes, tuple(fresh)


def _expression(pattern: str) -> str:
    """Return a wildcard as a regular expression of RE2, which takes no longer for many stars."""
    return rf"(?s)\A{'.*'.join(map(re.escape, pattern.split('*')))}\z"
