"""Attribution by plain loops: one journey at a time, every coalition and every removal written out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import factorial
from typing import TypeAlias

from tidewheel.analyse.attribution.answer import (
    AttributionBin,
    AttributionCredit,
    AttributionGroup,
    AttributionPath,
    AttributionResult,
    AttributionRow,
)
from tidewheel.analyse.attribution.money import elsewhere, lift, priced, spent
from tidewheel.analyse.attribution.question import MODELS, NAME, AttributionParams, TouchName
from tidewheel.analyse.contract import Context
from tidewheel.analyse.oracle import Happening, Oracle, World
from tidewheel.analyse.question import GroupLabel
from tidewheel.core.period import DAY, HOUR, MINUTE

UNIT = 1_000_000
MOMENTS = [0, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY]
Name: TypeAlias = tuple[int, str | float | bool | None]
"""Definition and name; definition -1 is "other"."""
REST: Name = (-1, None)


@dataclass
class Touched:
    """One touch of a person."""

    name: Name
    at: int
    time: int


@dataclass
class Journey:
    """A conversion with the touches before it, or somebody who did not convert."""

    person: int
    touches: list[Touched]
    value: int
    group: int
    time: int
    converted: bool
    later: bool


class AttributionOracle(Oracle[AttributionParams, AttributionResult]):
    """See ``docs/reference/analyses/attribution.md``."""

    name = "attribution"

    def answer(self, world: World, params: AttributionParams, context: Context) -> AttributionResult:
        """Answer for everyone, the largest groups and the rest."""
        found = [
            j for person, rows in world.people.items() for j in walk(person, rows, world, params, context)
        ]
        sizes = Counter({one.name: 0 for j in found for one in j.touches})
        for j in found:
            if j.converted:
                sizes.update({one.name for one in j.touches})
        ranking = sorted(sizes, key=lambda name: (-sizes[name], name[0], str(name[1])))
        names, rest = ranking[: params.names], ranking[params.names :]
        rows = [*names, *([REST] if rest else [])]
        groups: list[tuple[GroupLabel | None, list[Journey]]] = [(None, found)]
        if params.breakdowns:
            groups += grouped(found, params, context)
        valued = params.measure.kind == "sum"
        tables = [table(params, label, inside, rows, set(rest), valued=valued) for label, inside in groups]
        costs = spent(params, context)
        if costs is not None:
            tables[0] = priced(tables[0], costs)
        return AttributionResult(
            models=list(MODELS),
            names=[
                one.step.name
                or (one.property.property if one.property.property != NAME else one.step.any_of[0].event)
                for one in params.touches
            ],
            groups=tables,
            cost=None if costs is None else costs.whole,
            cost_elsewhere=None if costs is None else elsewhere(tables[0], costs),
            lift=lift(params, context, tables[0]),
        )


def walk(
    person: int, rows: list[Happening], world: World, params: AttributionParams, context: Context
) -> list[Journey]:
    """Return a person's journeys in the order of their conversions."""
    bit = len(params.touches)
    touches = touched(rows, params, context)
    within, span = params.within_days * DAY, context.span
    found: list[Journey] = []
    left = refunds(rows, params)
    previous = -1
    for at, row in enumerate(rows):
        if not row.match >> bit & 1 or row.time >= span.end:
            continue
        worth = 0
        if params.measure.kind == "sum":
            worth = brought(row, world, 1 << bit)
            if row.key >= 0 and worth > 0:
                taken = min(worth, left[row.key])
                left[row.key] -= taken
                worth -= taken
        own = [one for one in touches if one.at <= at and one.time >= row.time - within]
        if params.fresh:
            own = [one for one in own if one.at > previous]
        if row.time >= span.start:
            later = previous >= 0
            found.append(Journey(person, own, worth, row.group, row.time, converted=True, later=later))
        previous = at
    inside = [one for one in touches if span.start <= one.time < span.end]
    if not found and inside:
        end = inside[-1]
        own = [one for one in touches if end.time - within <= one.time < span.end]
        if params.fresh:
            own = [one for one in own if one.at > previous or one is end]
        later = previous >= 0
        found.append(Journey(person, own, 0, rows[end.at].group, end.time, converted=False, later=later))
    return found


def touched(rows: list[Happening], params: AttributionParams, context: Context) -> list[Touched]:
    """Return a person's touches; repeats within ``again_minutes`` are one."""
    found: list[Touched] = []
    seen: dict[int, tuple[Name, int]] = {}
    for at, row in enumerate(rows):
        for definition in range(len(params.touches)):
            if not row.match >> definition & 1 or row.names[definition] == 0:
                continue
            name = (definition, context.names[definition].of(row.names[definition])[0])
            last = seen.get(definition)
            seen[definition] = (name, row.time)
            again = params.again_minutes * MINUTE
            if not (again and last and last[0] == name and row.time - last[1] <= again):
                found.append(Touched(name, at, row.time))
    return found


def brought(row: Happening, world: World, bit: int) -> int:
    """Return what a conversion brings, in millionths."""
    if world.ragged_value:
        return sum(millionths(item.values[0]) for item in row.items if item.bits & bit)
    return millionths(row.values[0])


def refunds(rows: list[Happening], params: AttributionParams) -> dict[int, int]:
    """Return what was refunded of each order, in millionths."""
    found: dict[int, int] = defaultdict(int)
    for row in rows:
        if params.refund is not None and row.match >> len(params.touches) + 1 & 1 and row.key >= 0:
            found[row.key] += max(millionths(row.values[-1]), 0)
    return found


def millionths(value: float | None) -> int:
    """Return a value in millionths."""
    return 0 if value is None else round(value * UNIT)


def grouped(
    found: list[Journey], params: AttributionParams, context: Context
) -> list[tuple[GroupLabel | None, list[Journey]]]:
    """Return the journeys of the largest groups by conversions, and of the rest."""
    sizes = Counter({j.group: 0 for j in found})
    sizes.update(j.group for j in found if j.converted)
    ranking = sorted(sizes, key=lambda code: (-sizes[code], str(context.labels.of(code)), code))
    top = ranking[: params.top]
    groups: list[tuple[GroupLabel | None, list[Journey]]] = [
        (context.labels.of(code), [j for j in found if j.group == code]) for code in top
    ]
    others = [j for j in found if j.group not in top]
    return [*groups, (["$other"], others)] if others else groups


def cuts(total: int, weights: list[int]) -> list[int]:
    """Cut a total by weights: the first ``i`` parts together are the floor of their exact share."""
    whole = sum(weights)
    edges = [total * sum(weights[:at]) // whole for at in range(len(weights) + 1)]
    return [b - a for a, b in pairwise(edges)]


def credited(params: AttributionParams, total: int, touches: list[Touched], model: str) -> list[int]:
    """Return what each touch gets of one conversion."""
    k = len(touches)
    at = {"first": 0, "last": k - 1}.get(model)
    if model == "last_non_direct":
        indirect = [i for i, one in enumerate(touches) if str(one.name[1]) not in params.direct]
        at = indirect[-1] if indirect else k - 1
    if at is not None:
        return [total if i == at else 0 for i in range(k)]
    if model == "linear":
        return cuts(total, [1] * k)
    if model == "time_decay":
        life = params.half_life_days * DAY
        ages = [(one.time - touches[-1].time) / life for one in touches]
        newest = 2 ** (30 - (k - 1).bit_length())
        return cuts(total, [int(newest * 2.0**age) for age in ages])
    first, middle, last = (round(one / sum(params.position) * UNIT) for one in params.position)
    if k == 1:
        return [total]
    if k == 2:
        return cuts(total, [first, last] if first + last else [1, 1])
    front, between, back = cuts(total, [first, middle, last])
    return [front, *cuts(between, [1] * (k - 2)), back]


Sums: TypeAlias = dict[Name | None, list[tuple[int, int, int]]]


def by_model(params: AttributionParams, found: list[Journey], rows: list[Name], rest: set[Name]) -> Sums:
    """Return conversions, revenue and people of each row by each model, None being "no touch"."""
    place = {
        name: (REST if name in rest else name) for j in found for name in [one.name for one in j.touches]
    }
    sums: Sums = {row: [] for row in (None, *rows)}
    won = [j for j in found if j.converted]
    shares = {"markov": markov(found, rows, place), "shapley": shapley(found, rows, place)}
    for model in MODELS:
        counts: Counter[Name | None] = Counter()
        worths: Counter[Name | None] = Counter()
        people: dict[Name | None, set[int]] = defaultdict(set)
        for j in won:
            through: set[Name | None] = {place[one.name] for one in j.touches}
            through = through or {None}
            if not j.touches or model == "participation":
                for one in through:
                    counts[one] += UNIT
                    worths[one] += j.value
            elif model not in shares:
                for each, count, worth in zip(
                    j.touches,
                    credited(params, UNIT, j.touches, model),
                    credited(params, j.value, j.touches, model),
                    strict=True,
                ):
                    counts[place[each.name]] += count
                    worths[place[each.name]] += worth
                    if count or worth:
                        people[place[each.name]].add(j.person)
            if not j.touches or model in shares or model == "participation":
                for one in through:
                    people[one].add(j.person)
        if model in shares:
            touched = [j for j in won if j.touches]
            weights = [round(shares[model][row] * (1 << 30)) for row in rows]
            if touched:
                counts.update(dict(zip(rows, cuts(len(touched) * UNIT, weights), strict=True)))
                worths.update(dict(zip(rows, cuts(sum(j.value for j in touched), weights), strict=True)))
        for row, known in sums.items():
            known.append((counts[row], worths[row], len(people[row])))
    return sums


def markov(found: list[Journey], rows: list[Name], place: dict[Name, Name]) -> dict[Name, float]:
    """Return shares by what is lost when a touch is removed, each removal worked out by itself."""
    steps: Counter[tuple[object, object]] = Counter()
    for j in found:
        way = [place[one.name] for one in j.touches]
        if way:
            steps.update(zip(["start", *way], [*way, "won" if j.converted else "lost"], strict=True))
    whole = chance(steps, rows, None)
    lost = {row: whole - chance(steps, rows, row) for row in rows}
    total = sum(lost.values())
    return {row: one / total if total > 0 and whole > 0 else 0.0 for row, one in lost.items()}


def chance(steps: Counter[tuple[object, object]], rows: list[Name], removed: Name | None) -> float:
    """Return the probability to convert from the start when a touch leads nowhere (elimination of states)."""
    states: list[object] = ["start", *(row for row in rows if row != removed)]
    rates: dict[object, dict[object, float]] = {}
    for state in states:
        out = {b: n for (a, b), n in steps.items() if a == state}
        rates[state] = {b: n / sum(out.values()) for b, n in out.items()}
    for state in states[:0:-1]:
        own = rates.pop(state)
        stay = own.pop(state, 0.0)
        for other in rates.values():
            through = other.pop(state, 0.0)
            for b, rate in own.items():
                other[b] = other.get(b, 0.0) + through * rate / (1 - stay)
    return rates["start"].get("won", 0.0)


def shapley(found: list[Journey], rows: list[Name], place: dict[Name, Name]) -> dict[Name, float]:
    """Return shares by the mean of what a touch adds to the conversion rate of every coalition."""
    sets = Counter((frozenset(place[one.name] for one in j.touches), j.converted) for j in found if j.touches)
    known: dict[frozenset[Name], float] = {}

    def worth(coalition: Iterable[Name]) -> float:
        chosen = frozenset(coalition)
        if chosen not in known:
            inside = [(n, won) for (own, won), n in sets.items() if own <= chosen]
            whole = sum(n for n, _ in inside)
            known[chosen] = sum(n for n, won in inside if won) / whole if whole else 0.0
        return known[chosen]

    n, values = len(rows), {}
    for row in rows:
        others = [one for one in rows if one != row]
        values[row] = max(
            0.0,
            sum(
                factorial(size) * factorial(n - 1 - size) / factorial(n) * (worth((*some, row)) - worth(some))
                for size in range(n)
                for some in combinations(others, size)
            ),
        )
    total = sum(values.values())
    return {row: value / total if total > 0 else 0.0 for row, value in values.items()}


def table(
    params: AttributionParams,
    label: GroupLabel | None,
    found: list[Journey],
    rows: list[Name],
    rest: set[Name],
    *,
    valued: bool,
) -> AttributionGroup:
    """Return the table of some journeys."""
    won = [j for j in found if j.converted]
    stages = [found]
    if params.chain:
        stages = [[j for j in found if not j.later], [j for j in found if j.later]]
    parts = [by_model(params, stage, rows, rest) for stage in stages]
    whole = by_model(params, found, rows, rest) if params.chain else parts[0]
    for row in whole if params.chain else ():
        for model in ("markov", "shapley"):
            at = MODELS.index(model)
            counts, worths = (sum(part[row][at][i] for part in parts) for i in (0, 1))
            whole[row][at] = (counts, worths, whole[row][at][2])

    def shown(figures: list[tuple[int, int, int]]) -> list[AttributionCredit]:
        return [
            AttributionCredit(conversions=count / UNIT, value=worth / UNIT if valued else None, people=people)
            for count, worth, people in figures
        ]

    def size(row: Name) -> float:
        count, worth, _ = whole[row][MODELS.index(params.model)]
        return -(worth if valued else count)

    named = sorted((row for row in rows if row != REST), key=size)
    order: list[Name | None] = [*named, *(row for row in rows if row == REST), None]
    exact = label != ["$other"]
    last = {row: whole[row][MODELS.index("last")][0] // UNIT for row in order}
    touched = [j for j in won if j.touches]
    return AttributionGroup(
        group=label,
        conversions=len(won),
        value=sum(j.value for j in won) / UNIT if valued else None,
        people=len({j.person for j in won}),
        first_conversions=sum(not j.later for j in won) if params.chain else None,
        repeat_conversions=sum(j.later for j in won) if params.chain else None,
        lost=len(found) - len(won),
        rows=[
            AttributionRow(
                touch=called(row),
                credits=shown(whole[row]),
                first=shown(parts[0][row]) if params.chain else None,
                repeat=shown(parts[1][row]) if params.chain else None,
                assisted=whole[row][MODELS.index("participation")][0] // UNIT - last[row],
                last=last[row],
            )
            for row in order
        ],
        lengths=bins([(min(len(j.touches), 10), j.person) for j in won], list(range(11)), exact=exact),
        delays=bins(
            [
                (sum(j.time - j.touches[0].time >= edge for edge in MOMENTS) - 1, j.person)
                for j in touched
            ],
            MOMENTS,
            exact=exact,
        ),
        paths=paths(touched, valued=valued, exact=exact),
    )  # fmt: skip


def called(row: Name | None) -> TouchName | None:
    """Return what a row is called in the answer."""
    if row is None:
        return None
    return TouchName() if row == REST else TouchName(definition=row[0], name=row[1])


def bins(found: list[tuple[int, int]], edges: list[int], *, exact: bool) -> list[AttributionBin]:
    """Count conversions and people by place among the edges."""
    return [
        AttributionBin(
            low=low,
            high=high,
            conversions=sum(one == at for one, _ in found),
            people=len({person for one, person in found if one == at}) if exact else None,
        )
        for at, (low, high) in enumerate(zip(edges, [*edges[1:], None], strict=True))
    ]


def paths(found: list[Journey], *, valued: bool, exact: bool) -> list[AttributionPath]:
    """Return the most frequent ways to convert, of each its last six touches."""
    ways: dict[tuple[bool, tuple[Name, ...]], list[Journey]] = defaultdict(list)
    for j in found:
        names = [one.name for one in j.touches]
        way = [name for at, name in enumerate(names) if at == 0 or name != names[at - 1]]
        ways[len(way) > 6, tuple(way[-6:])].append(j)
    ranking = sorted(
        ways.items(),
        key=lambda item: (-len(item[1]), [(d, str(name)) for d, name in item[0][1]], not item[0][0]),
    )
    return [
        AttributionPath(
            touches=[TouchName(definition=d, name=name) for d, name in way],
            longer=longer,
            conversions=len(own),
            value=sum(j.value for j in own) / UNIT if valued else None,
            people=len({j.person for j in own}) if exact else None,
        )
        for (longer, way), own in ranking[:20]
    ]
