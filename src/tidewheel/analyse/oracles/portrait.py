"""Portraits said plainly: list what each person is and did, count, compare shares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.portrait import (
    EXPECTED,
    TELLING,
    PortraitParams,
    PortraitProperty,
    PortraitResult,
    PortraitValue,
    kind_of,
    name_of,
)
from tidewheel.analyse.oracle import Oracle, World
from tidewheel.analyse.statistics import benjamini_hochberg, chi_square_tail, cohen_h, two_proportions
from tidewheel.analyse.verify.orders import orders_of

OTHER = ["$other"]


class Person(NamedTuple):
    """One person: in the set, in the base, and the value of each property (None: not set)."""

    inside: bool
    base: bool
    values: tuple[Any, ...]


class PortraitOracle(Oracle[PortraitParams, PortraitResult]):
    """See :mod:`tidewheel.analyse.kinds.portrait`."""

    name = "portrait"

    def answer(self, world: World, params: PortraitParams, context: Context) -> PortraitResult:
        """Look at everyone who did it."""
        people = persons(world, params, context)
        count = len(params.properties) + len(params.behaviours) + 2 * params.spend
        found = [portrayed(params, context, at, people) for at in range(count)]
        tested = [
            (i, j) for i, one in enumerate(found) for j, v in enumerate(one.values) if v.p_value is not None
        ]
        q = benjamini_hochberg([found[i].values[j].p_value or 0.0 for i, j in tested])
        for (i, j), held in zip(tested, q, strict=True):
            values = list(found[i].values)
            values[j] = values[j].model_copy(update={"q_value": held, "telling": held <= TELLING})
            found[i] = found[i].model_copy(update={"values": values})
        found.sort(key=lambda one: (-round(-1.0 if one.effect is None else one.effect, 9), one.property))
        return PortraitResult(
            people=sum(one.inside for one in people),
            base_people=sum(one.base for one in people),
            both=sum(one.inside and one.base for one in people),
            properties=found,
        )


def persons(world: World, params: PortraitParams, context: Context) -> list[Person]:
    """Return everyone of either set who did it."""
    found = []
    for person, rows in world.people.items():
        if not any(row.match & 1 for row in rows):
            continue
        values: list[Any] = []
        for trait, code in zip(context.traits, world.traits[person], strict=True):
            values.append(trait.table[code - 1] if code else None)
        first = 1 + (len(params.order_steps()) if params.spend else 0)
        values += [sum(row.match >> first + n & 1 for row in rows) for n in range(len(params.behaviours))]
        if params.spend:
            kept = [order for order in orders_of(rows, params.money, 2, 4) if not order.undone]
            money = sum(o.value - sum(taken for _, taken in o.refunds) for o in kept)
            values += [len(kept), money]
        found.append(Person(bool(world.sets[person] & 1), bool(world.sets[person] & 2), tuple(values)))
    return found


Test = Callable[[Any], bool]


def choices(params: PortraitParams, context: Context, at: int, people: list[Person]) -> list[tuple[Any, ...]]:
    """Return (label, low, high, test of a person's value) of each value shown."""
    kind = kind_of(params, context, at)
    whole, base = sum(one.inside for one in people), sum(one.base for one in people)
    held = [(one, one.values[at]) for one in people if one.values[at] is not None]
    rest: list[tuple[Any, ...]] = []
    if any(one.values[at] is None for one in people):
        rest.append(([None], None, None, lambda value: value is None))
    if kind in ("values", "lists"):

        def has(value: Any, wanted: Any) -> bool:
            return value is not None and (wanted in value if kind == "lists" else value == wanted)

        seen = list(dict.fromkeys(v for _, value in held for v in (value if kind == "lists" else [value])))

        def rank(wanted: Any) -> tuple[int, str]:
            inside = sum(one.inside and has(value, wanted) for one, value in held)
            outside = sum(one.base and has(value, wanted) for one, value in held)
            return -max(inside * max(base, 1), outside * max(whole, 1)), str([wanted])

        seen.sort(key=rank)
        top, left = seen[: params.top], seen[params.top :]
        if context.traits[at].kind == "time" or params.properties[at].bins is not None:
            top.sort(key=list(context.traits[at].table).index)
        found: list[tuple[Any, ...]] = [
            ([wanted], None, None, lambda value, wanted=wanted: has(value, wanted)) for wanted in top
        ]
        if left:
            found.append((OTHER, None, None, lambda value: any(has(value, one) for one in left)))
        return found + rest
    numbers = sorted(value for one, value in held if one.base) or sorted(v for one, v in held if one.inside)
    cuts = (
        sorted({numbers[max(-(-k * len(numbers) // params.bins), 1) - 1] for k in range(1, params.bins)})
        if numbers
        else []
    )
    spans: dict[int, list[Any]] = {}
    for _, value in held:
        spans.setdefault(sum(value > cut for cut in cuts), []).append(value)
    found = [
        (
            None,
            float(min(own)),
            float(max(own)),
            lambda value, own=own: value is not None and min(own) <= value <= max(own),
        )
        for _, own in sorted(spans.items())
    ]
    return found + rest


def portrayed(params: PortraitParams, context: Context, at: int, people: list[Person]) -> PortraitProperty:
    """Return one property."""
    kind = kind_of(params, context, at)
    whole, base = [p for p in people if p.inside], [p for p in people if p.base]
    rest = [p for p in base if not p.inside]
    shown, table, strengths = [], [], [0.0]
    for label, low, high, test in choices(params, context, at, people):
        n, b, r = (sum(test(p.values[at]) for p in own) for own in (whole, base, rest))
        table.append((n, r))
        effect = p_value = None
        if whole and rest:
            effect = cohen_h(n / len(whole), r / len(rest))
            expected = min(
                side * part / (len(whole) + len(rest))
                for side in (len(whole), len(rest))
                for part in (n + r, len(whole) + len(rest) - n - r)
            )
            if n + r >= params.support and expected >= EXPECTED - 1e-9 and label != OTHER:
                p_value = two_proportions(n, len(whole), r, len(rest))
                strengths.append(chi([(n, r), (len(whole) - n, len(rest) - r)])[1])
        share, base_share = (n / len(whole) if whole else None), (b / len(base) if base else None)
        shown.append(
            PortraitValue(
                label=label,
                low=low,
                high=high,
                people=n,
                share=share,
                base_people=b,
                base_share=base_share,
                tgi=100 * share / base_share if share is not None and base_share else None,
                effect=effect,
                p_value=p_value,
                q_value=None,
                telling=False,
            )
        )
    rows = [row for row in table if any(row)]
    told = kind != "lists" and len(rows) > 1 and all(sum(side) for side in zip(*rows, strict=True))
    statistic, v = chi(rows) if told else (None, None)
    if kind == "lists":
        v = max(strengths[1:], default=None)
    numbers = kind not in ("values", "lists")
    return PortraitProperty(
        property=at,
        name=name_of(params, at),
        kind=kind,
        values=shown,
        chi_square=statistic,
        degrees=len(rows) - 1 if told else None,
        p_value=None if statistic is None else chi_square_tail(statistic, len(rows) - 1),
        effect=v,
        mean=mean(whole, at) if numbers else None,
        base_mean=mean(base, at) if numbers else None,
        median=median(whole, at) if numbers else None,
        base_median=median(base, at) if numbers else None,
    )


def chi(rows: list[tuple[int, int]]) -> tuple[float, float]:
    """Return chi-square and Cramér's V of rows of two counts."""
    left, right = sum(a for a, _ in rows), sum(b for _, b in rows)
    n, found = left + right, 0.0
    for a, b in rows:
        for seen, side in ((a, left), (b, right)):
            expected = (a + b) * side / n
            found += (seen - expected) ** 2 / expected if expected else 0.0
    return found, math.sqrt(found / n)


def mean(own: list[Person], at: int) -> float | None:
    """Return the mean of those who have a number."""
    numbers = [one.values[at] for one in own if one.values[at] is not None]
    return math.fsum(numbers) / len(numbers) if numbers else None


def median(own: list[Person], at: int) -> float | None:
    """Return the nearest-rank median."""
    counts = Counter(one.values[at] for one in own if one.values[at] is not None)
    numbers = sorted(counts.elements())
    return float(numbers[-(-len(numbers) // 2) - 1]) if numbers else None
