"""Every property has one physical column, and the column tells the property."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from tidewheel.core.events import Kind, column_name, property_of

KINDS = st.sampled_from(get_args(Kind))
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12)


@given(st.text(min_size=1, max_size=40), KINDS)
def test_a_column_tells_its_property(name: str, kind: Kind) -> None:
    assert property_of(column_name(name, kind)) == (name, kind)


@given(PLAIN, st.data(), KINDS)
def test_names_that_differ_by_case_alone_stay_apart(name: str, data: st.DataObject, kind: Kind) -> None:
    """Lake tables compare column names without their case."""
    flips = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    other = "".join(sign.swapcase() if flip else sign for sign, flip in zip(name, flips, strict=True))
    same = column_name(name, kind).lower() == column_name(other, kind).lower()
    assert same == (name == other)
