"""Tables of two by two: who did a thing or not, and whether the outcome came. Effects, tests, and all of them held together."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from tidewheel.analyse.question import Model
from tidewheel.analyse.statistics import (
    benjamini_hochberg,
    fisher_exact,
    newcombe,
    phi,
    pooled_difference,
    ratio_interval,
    two_proportions,
)

TELLING: Final = 0.05
EXPECTED: Final = 5.0
Four: TypeAlias = tuple[int, int, int, int]
"""(did it and reached the outcome, did it, did not and reached, did not)."""


class Tested(Model):
    """Those who did it at least ``times`` times against those who did not.

    ``difference`` is the rate of the first less that of the second, in ``low`` … ``high`` (95 %); ``ratio`` the first by the
    second. ``adjusted`` is the difference between people who did equally much else. ``phi`` is their correlation. ``word`` says which side had the outcome more often. Without a test (too few people
    on a side, or an outcome that never varies) ``method``, ``p_value`` and ``q_value`` are None.
    """

    times: int
    did: int
    did_reached: int
    not_did: int
    not_did_reached: int
    rate_did: float | None
    rate_not: float | None
    difference: float | None
    low: float | None
    high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    phi: float | None
    word: Literal["did", "did_not"]
    method: Literal["chi_square", "fisher"] | None
    p_value: float | None
    q_value: float | None
    telling: bool


class Driver(Model):
    """One behaviour: its name as an event, or its place among those given. ``best`` is the number of times with the strongest correlation."""

    behaviour: str | int
    name: str
    best: int | None
    tests: list[Tested]


def weighed(times: int, strata: list[Four], support: int) -> Tested:
    """Return one table, given in strata of equally active people, with its effects and its test; the q-value is still to be held together."""
    did_reached, did, other_reached, other = (sum(side) for side in zip(*strata, strict=True))
    four = (did_reached, did, other_reached, other)
    people, reached = did + other, did_reached + other_reached
    rate = did_reached / did if did else None
    rate_other = other_reached / other if other else None
    difference = None if rate is None or rate_other is None else rate - rate_other
    bounds, around = newcombe(*four), ratio_interval(*four)
    correlation, even = phi(*four), pooled_difference(strata)
    method: Literal["chi_square", "fisher"] | None = None
    p: float | None = None
    if correlation is not None and min(did, other) >= support:
        fewest = min(did, other) * min(reached, people - reached) / people
        method = "chi_square" if fewest >= EXPECTED else "fisher"
        p = two_proportions(*four) if method == "chi_square" else fisher_exact(*four)
    return Tested(
        times=times,
        did=did,
        did_reached=did_reached,
        not_did=other,
        not_did_reached=other_reached,
        rate_did=rate,
        rate_not=rate_other,
        difference=difference,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        ratio=rate / rate_other if rate is not None and rate_other else None,
        ratio_low=around[0] if around else None,
        ratio_high=around[1] if around else None,
        adjusted=even[0] if even else None,
        adjusted_low=even[1] if even else None,
        adjusted_high=even[2] if even else None,
        phi=correlation,
        word="did_not" if correlation is not None and correlation < 0 else "did",
        method=method,
        p_value=p,
        q_value=None,
        telling=False,
    )


def held_together(found: list[tuple[str | int, str, list[Tested]]]) -> tuple[list[Driver], int]:
    """Return behaviours with q-values over all tests, the strongest first, and how many tests there were."""
    p_values = [one.p_value for *_, tests in found for one in tests if one.p_value is not None]
    held = iter(benjamini_hochberg(p_values))
    drivers = []
    for behaviour, name, tests in found:
        told = []
        for one in tests:
            q = None if one.p_value is None else next(held)
            told.append(one.model_copy(update={"q_value": q, "telling": q is not None and q <= TELLING}))
        candidates = [one for one in told if one.p_value is not None]
        best = max(candidates, key=lambda one: (strength(one), -one.times), default=None)
        drivers.append(
            Driver(behaviour=behaviour, name=name, best=None if best is None else best.times, tests=told)
        )
    drivers.sort(key=lambda driver: (-strongest(driver), driver.name, str(driver.behaviour)))
    return drivers, len(p_values)


def strength(one: Tested) -> float:
    """Return how strong a correlation is, to the digits that can be relied on."""
    return round(abs(one.phi or 0.0), 12)


def strongest(driver: Driver) -> float:
    """Return the strength of a driver's best test, -1 without a test."""
    return next((strength(one) for one in driver.tests if one.times == driver.best), -1.0)
