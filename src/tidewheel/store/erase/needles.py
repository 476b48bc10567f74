"""What an erasure looks for: the identifiers of people, in every form in which they are written.

Identifiers are the actors of events, written ``type:value``, and everything of these actors goes. Elsewhere,
in others' events, definitions and files, a value is looked for as it stands between other words: telephone
numbers and mail addresses always, other values from ten characters on. A shorter one, such as member number
1001, may be somebody else's order number, so it is only looked for as ``member_card:1001``.

A text is found between signs of any language that are no Latin letters or digits (电话13912345678请回), and as addresses of
pages write it (``anna%40post.example``); a telephone number with or without its country, in groups, and as a number.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.ids import split_actor

SHORTEST: Final = 10
"""Fewest characters of a value that is looked for without its type."""
CONTACTS: Final = frozenset({"phone", "email"})
WINDOW: Final = 1 << 26
"""Bytes that are looked through at a time, and as many more as a form is long."""
AT_ONCE: Final = 200
"""Forms that are looked for at a time, so that the expression stays small enough for RE2."""
MARK: Final = "[erased]"
"""What stands where a value was."""
_WORD: Final = re.compile("[0-9A-Za-z_]")
_NUMBER: Final = re.compile(r"\+?[0-9]{10,15}")
_PLUS: Final = r"(?:\+|%(?:25)*2B)"
_BETWEEN: Final = "[- \u00a0]?"
"""What may stand between the digits of a telephone number."""

Part: TypeAlias = tuple[str, int | None, int | None]
"""What happened on a device (an actor) from one moment until before another (UTC ms; None: no bound)."""


class Needles:
    """The identifiers of one erasure. ``words`` are further texts to look for, such as an old number.

    ``parts`` are what somebody did on devices that others have too: these rows go, and the devices stay.
    """

    def __init__(self, actors: Iterable[str], words: Iterable[str] = (), parts: Iterable[Part] = ()) -> None:
        self.parts = tuple(parts)
        self.actors = tuple(sorted(set(actors)))
        self.words = tuple(sorted({word for word in (*words, *_values(self.actors)) if word}))

    @classmethod
    def of(cls, subject: Mapping[str, Any]) -> Needles:
        """Return those of a subject as it stands in the queue, or in a note of an earlier version."""
        parts = [(device, since, until) for device, since, until in subject.get("parts", ())]
        return cls(subject["actors"], subject["words"], parts)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Everything that is looked for, the longest first."""
        return tuple(sorted({*self.actors, *self.words}, key=lambda text: (-len(text), text)))

    @cached_property
    def pattern(self) -> str:
        """A regular expression in RE2's language that matches texts in which any of them may be."""
        return (
            "(?i)(?:"
            + "|".join(_bounded(text, r"(?:\b|%(?:25)*[0-9A-F]{2})", r"\b") for text in self.texts)
            + ")"
        )

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        first, last = "(?:(?<![0-9A-Za-z_])|(?<=%[0-9A-F]{2})|(?<=%25[0-9A-F]{2}))", "(?![0-9A-Za-z_])"
        return re.compile("(?i)(?:" + "|".join(_bounded(text, first, last) for text in self.texts) + ")")

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Telephone numbers as numbers."""
        plain = (text.removeprefix("+") for text in self.words if _NUMBER.fullmatch(text))
        found = {
            form for text in plain for form in (text, text.removeprefix("86") if len(text) > 11 else text)
        }
        return frozenset(int(form) for form in found)

    @cached_property
    def forms(self) -> list[bytes]:
        """Every text in every way it is written in files."""
        return sorted({form for text in self.texts for form in _written(text)})

    def in_text(self, text: str) -> bool:
        """Say whether a text holds any of them."""
        return bool(self.texts) and self._compiled.search(text) is not None

    def in_bytes(self, body: bytes | mmap.mmap) -> bool:
        """Say whether bytes hold any of them, as UTF-8, as JSON escapes or inside an address; may find too much."""
        whole, forms = pa.py_buffer(body), self.forms
        step = WINDOW + max(map(len, forms), default=0)
        for start in range(0, len(whole), WINDOW):
            window = whole.slice(start, min(step, len(whole) - start))
            one = pa.Array.from_buffers(pa.binary(), 1, [None, _ends(len(window)), window])
            for place in range(0, len(forms), AT_ONCE):
                pattern = "|".join(map(_exactly, forms[place : place + AT_ONCE]))
                if pc.match_substring_regex(one, pattern)[0].as_py():
                    return True
        return False

    def cleaned(self, text: str) -> str:
        """Return a text with a mark in the place of each."""
        return self._compiled.sub(MARK, text) if self.texts else text

    def cleaned_value(self, value: Any) -> Any:
        """Return a JSON value with a mark in the place of each, names included."""
        if isinstance(value, str):
            return self.cleaned(value)
        if isinstance(value, list):
            return [self.cleaned_value(one) for one in value]
        if isinstance(value, dict):
            return {self.cleaned(str(name)): self.cleaned_value(one) for name, one in value.items()}
        if isinstance(value, int | float) and not isinstance(value, bool) and value in self.numbers:
            return MARK
        return value

    def cleaned_column(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Return a column of texts, or of lists of texts, with marks, or one of numbers with nothing in the place of each.

        None when there is nothing to change.
        """
        kind = column.type
        if not self.texts:
            return None
        if pa.types.is_floating(kind) or (pa.types.is_list(kind) and pa.types.is_floating(kind.value_type)):
            return self._without_numbers(column)
        if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
            whole = column.combine_chunks()
            whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
            if not self._any(pa.chunked_array([whole.flatten()])):
                return None
            rows = [None if row is None else [self._marked(one) for one in row] for row in whole.to_pylist()]
            return pa.chunked_array([pa.array(rows, kind)])
        if not pa.types.is_string(kind) or not self._any(column):
            return None
        coded = column.combine_chunks().dictionary_encode()
        words = pa.array([self._marked(word) for word in coded.dictionary.to_pylist()], kind)
        return pa.chunked_array([words.take(coded.indices)])

    def _without_numbers(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        numbers = pa.array(sorted(map(float, self.numbers)), pa.float64())
        lists = pa.types.is_list(column.type)
        flat = pc.list_flatten(column) if lists else column
        if not len(numbers) or not pc.any(pc.is_in(flat.cast(pa.float64()), value_set=numbers)).as_py():
            return None
        if lists:
            rows = [
                None if row is None else [None if one in self.numbers else one for one in row]
                for row in column.to_pylist()
            ]
            return pa.chunked_array([pa.array(rows, column.type)])
        gone = pc.is_in(flat.cast(pa.float64()), value_set=numbers)
        return pc.if_else(gone, pa.scalar(None, column.type), column)

    def _marked(self, text: str | None) -> str | None:
        return None if text is None else self.cleaned(text)

    def _any(self, column: pa.ChunkedArray) -> bool:
        found = pc.match_substring_regex(pc.unique(column).drop_null(), self.pattern)
        return bool(pc.any(found).as_py())


def _values(actors: Iterable[str]) -> Iterable[str]:
    for name in actors:
        kind, value = split_actor(name)
        for form in _forms(kind, value):
            if kind in CONTACTS or len(form) >= SHORTEST:
                yield form


def _forms(kind: str, value: str) -> Iterable[str]:
    yield value
    if kind == "phone":
        yield value.removeprefix("+86").removeprefix("+")
    if kind == "openid":
        yield value.rpartition("/")[2]


def _bounded(text: str, first: str, last: str) -> str:
    """Return the expression for a text that is not part of a longer word or number; ``first`` and ``last`` are the edges."""
    if _NUMBER.fullmatch(text):
        country = f"(?:(?:00)?86{_BETWEEN})?"
        digits = text.removeprefix("+86").removeprefix("+")
        return f"(?:{_PLUS}|{first}){country}" + _BETWEEN.join(digits) + last
    start = first if _WORD.match(text[0]) else ""
    end = last if _WORD.match(text[-1]) else ""
    return start + "".join(map(_sign, text)) + end


def _sign(sign: str) -> str:
    """Return the expression for a sign as it is, or as an address of a page writes it, however often it was escaped."""
    if _WORD.match(sign):
        return sign
    escaped = "".join(f"%(?:25)*{byte:02X}" for byte in sign.encode("utf-8", "replace"))
    return f"(?:{re.escape(sign)}|{escaped})"


def _exactly(form: bytes) -> str:
    """Return the expression, in RE2's language, for bytes of which letters may be small or capital."""
    return "".join(
        f"[{chr(byte).lower()}{chr(byte).upper()}]"
        if chr(byte).isalpha() and byte < 128
        else f"\\x{byte:02x}"
        for byte in form
    )


def _ends(size: int) -> pa.Buffer:
    return pa.array([0, size], pa.int32()).buffers()[1]


def _written(text: str) -> set[bytes]:
    """Return the ways a text is written in files."""
    plain = text.encode("utf-8", "replace")
    escaped = "".join(sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in text).encode()
    address = text.replace("%", "%25").replace("+", "%2B").replace("@", "%40").replace(":", "%3A").encode()
    groups = re.fullmatch(r"(?:\+86)?(1\d\d)(\d{4})(\d{4})", text)
    apart = {sign.join(groups.groups()).encode() for sign in (" ", "-")} if groups else set()
    return {plain, escaped, address, text.encode("utf-16-le", "replace"), *apart}
