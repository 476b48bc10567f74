"""How the change of a whole is shared out among its parts: contributions and residual are the change, exactly.

Everything is a fraction, so nothing is lost on the way. A part's ``rate`` is what one unit of its own change
brings to the whole; that is how the parts of parts count.

Products are shared out by the logarithmic mean Divisia index (Ang, Zhang and Choi 1998, additive LMDI-I) where
all factors are positive, else by Shapley values: the mean over all orders in which factors can change. Ratios
are split into what changed within the parts and what their shares did (Marshall and Edgeworth's means).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

Method: TypeAlias = Literal["sum", "lmdi", "shapley", "difference", "mix"]
ZERO: Final = Fraction(0)
ONE: Final = Fraction(1)
NOISE: Final = Fraction(1, 10**12)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one part brings to the whole: ``within`` is its own change times ``rate``, ``mix`` its share's."""

    within: Fraction
    rate: Fraction
    mix: Fraction = ZERO

    @property
    def gain(self) -> Fraction:
        """Return both together."""
        return self.within + self.mix


@dataclass(frozen=True, slots=True)
class Pair:
    """A ratio as what is divided by what; an amount has the divisor 1."""

    top: Fraction
    bottom: Fraction = Fraction(1)

    @property
    def value(self) -> Fraction | None:
        """Return the ratio; None by zero."""
        return self.top / self.bottom if self.bottom else None


Values: TypeAlias = Sequence[Fraction]


def added(weights: Values, then: Values, now: Values) -> list[Effect]:
    """Share out the change of ``sum(weight * part)``."""
    return [Effect(w * (b - a), w) for w, a, b in zip(weights, then, now, strict=True)]


def multiplied(then: Values, now: Values) -> tuple[Literal["lmdi", "shapley"], list[Effect]]:
    """Share out the change of a product; LMDI needs every factor above zero in both periods."""
    if min(*then, *now) > 0:
        return "lmdi", _lmdi(then, now)
    return "shapley", _shapley(then, now)


def blended(then: Sequence[Pair], now: Sequence[Pair], before: Pair, after: Pair) -> list[Effect]:
    """Share out the change of a ratio among parts that divide both its sides.

    ``within`` is the change of a part's ratio times its mean share of the divisor, ``mix`` the change of that
    share times how far the part's mean ratio lies from the whole's. A part that is absent in one period has
    the ratio of the other. Both ``before`` and ``after`` must have a value.
    """
    middle = (_known(before) + _known(after)) / 2
    found = []
    for a, b in zip(then, now, strict=True):
        share, later = a.bottom / before.bottom, b.bottom / after.bottom
        ratio = a.value if a.value is not None else b.value
        if ratio is None:
            found.append(Effect(ZERO, ZERO))
            continue
        changed = b.value if b.value is not None else ratio
        rate = (share + later) / 2
        mix = ((ratio + changed) / 2 - middle) * (later - share)
        found.append(Effect(rate * (changed - ratio), rate, mix))
    return found


def settled(effects: list[Effect], change: Fraction, scale: Fraction) -> tuple[list[Effect], Fraction]:
    """Return effects and the residual; a residual that is only rounding is none, the effects take it over."""
    residual = change - sum((one.gain for one in effects), ZERO)
    if residual and abs(residual) <= NOISE * scale:
        return _absorb(effects, residual)
    return effects, residual


def whole(total: int, amounts: Values) -> list[int]:
    """Return amounts as whole numbers that add up to ``total``: rounded down, then the largest remainders up.

    Each is less than 1 from its amount when the amounts add up to ``total``; of equal remainders the earlier.
    """
    floors = [math.floor(amount) for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda place: floors[place] - amounts[place])
    for place in order[: total - sum(floors)]:
        floors[place] += 1
    return floors


def logarithmic_mean(a: Fraction, b: Fraction) -> float:
    """Return (b - a) / ln(b / a) of two numbers above zero; the number itself where they are equal."""
    return float(a) if a == b else float(b - a) / _log_ratio(a, b)


def _lmdi(then: Values, now: Values) -> list[Effect]:
    before, after = math.prod(then, start=ONE), math.prod(now, start=ONE)
    mean = Fraction(logarithmic_mean(before, after))
    effects = []
    for a, b in zip(then, now, strict=True):
        within = mean * Fraction(_log_ratio(a, b)) if a != b else ZERO
        effects.append(Effect(within, within / (b - a) if a != b else mean / a))
    rounding = after - before - sum((one.within for one in effects), ZERO)
    return _absorb(effects, rounding)[0]


def _shapley(then: Values, now: Values) -> list[Effect]:
    """Return each factor's change times the mean product of the others, over all orders of changing."""
    count = len(then)
    effects = []
    for place, (a, b) in enumerate(zip(then, now, strict=True)):
        products = [Fraction(1)]
        for other in range(count):
            if other != place:
                kept = [product * then[other] for product in products]
                taken = [product * now[other] for product in products]
                products = [x + y for x, y in zip([*kept, ZERO], [ZERO, *taken], strict=True)]
        weights = [Fraction(1, count * math.comb(count - 1, changed)) for changed in range(count)]
        rate = sum((w * product for w, product in zip(weights, products, strict=True)), ZERO)
        effects.append(Effect(rate * (b - a), rate))
    return effects


def _absorb(effects: list[Effect], rounding: Fraction) -> tuple[list[Effect], Fraction]:
    """Spread a rounding over effects by their size, so that equal ones stay equal and none stays none."""
    size = sum((abs(one.within) for one in effects), ZERO)
    if not rounding or not size:
        return effects, rounding
    found = []
    for one in effects:
        factor = 1 + (rounding / size) * (1 if one.within > 0 else -1)
        found.append(Effect(one.within * factor, one.rate * factor if one.within else one.rate, one.mix))
    return found, ZERO


def _log_ratio(a: Fraction, b: Fraction) -> float:
    ratio = b / a
    if Fraction(1, 2) < ratio < 2:
        return math.log1p(float(ratio - 1))
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _known(pair: Pair) -> Fraction:
    return pair.top / pair.bottom
