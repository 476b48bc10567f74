"""What a formula may say, and what it does with unknown figures."""

from __future__ import annotations

import pytest

from tidewheel.analyse.formula import Expression
from tidewheel.core.errors import BadInput


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A + B", 8.0),
        ("(B - A) / A * 100", -400 / 6),
        ("-A", -6.0),
        ("A / 4", 1.5),
        ("B / (A - 6)", None),
        ("A / C", None),
    ],
)
def test_value(text: str, expected: float | None) -> None:
    values = {"A": 6.0, "B": 2.0, "C": None}
    assert Expression(text, "ABC", field="f")(values) == (
        None if expected is None else pytest.approx(expected)
    )


def test_zero_has_no_minus() -> None:
    found = Expression("-A", "A", field="f")({"A": 0.0})
    assert str(found) == "0.0"


@pytest.mark.parametrize(
    "text",
    [
        "D",
        "AB",
        "A ** B",
        "A +",
        "len(A)",
        "A.real",
        "'x'",
        "True",
        "A if B else C",
        "__import__('os')",
        "A, B",
        "1e999",
        "[A]",
        "",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        Expression(text, "ABC", field="formulas.0.expression")
    assert caught.value.code == "bad_formula"
    assert caught.value.field == "formulas.0.expression"
    assert "A, B, C" in caught.value.describe("zh")["message"]


def test_a_result_without_bounds_is_unknown() -> None:
    assert Expression("A * A", "A", field="f")({"A": 1e300}) is None
