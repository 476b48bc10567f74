"""Intervals and tests against published figures and SciPy."""

from __future__ import annotations

import pytest
from scipy import stats

from tidewheel.analyse.statistics import (
    benjamini_hochberg,
    fisher_exact,
    holm,
    newcombe,
    phi,
    ratio_interval,
    two_proportions,
    wilson,
)


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


FOURS = [
    (8, 10, 1, 6),
    (3, 4, 1, 4),
    (0, 12, 5, 9),
    (7, 7, 2, 30),
    (1, 1000, 30, 900_000),
    (60, 100, 30, 100),
    (2, 5, 2, 5),
]


@pytest.mark.parametrize(("a", "n", "b", "m"), FOURS)
def test_fisher_equals_scipy(a: int, n: int, b: int, m: int) -> None:
    expected = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert fisher_exact(a, n, b, m) == pytest.approx(expected, rel=1e-9)


def test_fisher_of_the_lady_tasting_tea() -> None:
    assert fisher_exact(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert fisher_exact(4, 4, 0, 4) == pytest.approx(2 / 70)


@pytest.mark.parametrize(("a", "n", "b", "m"), [(8, 10, 1, 6), (27, 122, 44, 487), (60, 100, 30, 100)])
def test_the_interval_of_a_ratio_equals_scipy(a: int, n: int, b: int, m: int) -> None:
    expected = stats.contingency.relative_risk(a, n, b, m).confidence_interval(0.95)
    assert ratio_interval(a, n, b, m) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("a", "n", "b", "m"), FOURS)
def test_phi_is_the_correlation_of_zeros_and_ones(a: int, n: int, b: int, m: int) -> None:
    did = [1] * n + [0] * m
    reached = [1] * a + [0] * (n - a) + [1] * b + [0] * (m - b)
    expected = stats.pearsonr(did, reached).statistic
    assert phi(a, n, b, m) == pytest.approx(expected, abs=1e-9)


def test_a_ratio_of_nothing_has_no_interval_and_what_never_varies_no_correlation() -> None:
    assert ratio_interval(0, 10, 3, 10) is None
    assert ratio_interval(3, 10, 0, 10) is None
    assert phi(0, 10, 0, 5) is None
    assert phi(10, 10, 5, 5) is None
    assert phi(3, 10, 0, 0) is None


@pytest.mark.parametrize("p_values", [[0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.001], [0.2]])
def test_benjamini_hochberg_equals_scipy(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(stats.false_discovery_control(p_values).tolist())
