"""What intake does the quick way is what the plain way gives."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tidewheel.collect.translating import _amount, renamed
from tidewheel.collect.vocabulary import Words
from tidewheel.core.ids import key64

TOO_MUCH = Decimal(10) ** 15


def plainly(value: float | str) -> int | None:
    number = Decimal(str(value))
    return int((number * 100).to_integral_value()) if abs(number) < TOO_MUCH else None


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
@example(0.005)
@example(0.015)
@example(1.005)
@example(-2.675)
@example(299.5)
@example(1e11)
@example(99_999_999_999.995)
@example(10**16)
def test_amounts_are_those_of_decimals(value: float) -> None:
    assert _amount(value) == (plainly(value) if len(str(value)) <= 40 else None)


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12))
def test_every_amount_with_two_places_is_exact(fen: int) -> None:
    assert _amount(fen / 100) == fen
    assert _amount(f"{Decimal(fen) / 100}") == fen


@settings(deadline=None)
@given(st.lists(st.text() | st.binary(), max_size=4))
def test_a_key_is_the_hash_of_its_parts_and_their_lengths(parts: list[str | bytes]) -> None:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(4, "little"))
        digest.update(raw)
    assert key64(*parts) == int.from_bytes(digest.digest(), "little")


def test_words_without_names_leave_what_was_sent_alone() -> None:
    sent = {"a": "12.5", "b": None, "c": "x", "d": "3"}
    noted: list[str] = []
    words = Words(major=frozenset({"a", "b", "c"}), numbers=frozenset({"d"}), otherwise={"e": "a"})
    read = renamed(words, sent, "properties", lambda code, field, _: noted.append(f"{code} {field}"))
    assert read == {"a": 1250, "b": None, "c": "x", "d": 3, "e": "12.5"}
    assert noted == ["not_numeric properties.c"]
    assert sent == {"a": "12.5", "b": None, "c": "x", "d": "3"}


NAMES = st.sampled_from(list("abcde"))


@settings(deadline=None, max_examples=500)
@given(
    st.dictionaries(NAMES, NAMES | st.just(""), max_size=6), st.dictionaries(NAMES, st.integers(), max_size=5)
)
@example({"a": "b", "b": "a"}, {"a": 1, "b": 2})
@example({"a": "b", "b": "c"}, {"b": 2, "a": 1})
def test_names_are_changed_as_if_one_property_after_another(
    named: dict[str, str], sent: dict[str, int]
) -> None:
    plainly: dict[str, int] = {}
    for theirs, value in sent.items():
        ours = named.get(theirs, theirs)
        if ours:
            plainly[ours] = value
    before = dict(sent)
    assert renamed(Words(properties=named), sent, "properties", lambda *_: None) == plainly
    assert sent == before
