"""Intervals and tests against published figures and SciPy."""

from __future__ import annotations

import pytest
from scipy import stats

from tidewheel.analyse.statistics import holm, newcombe, two_proportions, wilson


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (1, 10), (81, 263), (15, 148), (10, 10)])
def test_wilson_equals_scipy(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, "wilson")
    assert wilson(successes, trials) == pytest.approx((expected.low, expected.high))


def test_newcombe_gives_the_figures_of_the_paper() -> None:
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@pytest.mark.parametrize(("a", "n", "b", "m"), [(56, 70, 48, 80), (5, 500, 20, 480), (30, 60, 30, 60)])
def test_two_proportions_is_the_chi_square_test(a: int, n: int, b: int, m: int) -> None:
    expected = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
    assert two_proportions(a, n, b, m) == pytest.approx(expected)


def test_nobody_on_one_side_has_no_test() -> None:
    assert two_proportions(0, 0, 1, 2) is None
    assert newcombe(1, 2, 0, 0) is None
    assert wilson(0, 0) is None


def test_equal_certainties_do_not_differ() -> None:
    assert two_proportions(5, 5, 7, 7) == 1.0


def test_holm_multiplies_the_smallest_most_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
