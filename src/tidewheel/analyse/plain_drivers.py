"""Drivers said plainly: one person after the other, one behaviour after the other, as sets of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.drivers import DriversQuestion, DriversResult
from tidewheel.analyse.fourfold import Driver, Tested
from tidewheel.analyse.oracle import Happening, World
from tidewheel.analyse.statistics import Z95, fisher_exact, newcombe, ratio_interval, two_proportions


class Course(NamedTuple):
    """For one start: behaviours count before ``counted``, the outcome at ``since <= time < until``."""

    counted: int
    since: int
    until: int


class Story(NamedTuple):
    """One person who started: what they did while it counts, and whether the outcome came."""

    done: list[Happening]
    reached: bool


def answered(
    world: World,
    params: DriversQuestion,
    context: Context,
    course: Callable[[int], Course],
    *,
    early_left_out: bool,
) -> DriversResult:
    """Return the whole answer."""
    stories: list[Story] = []
    unfinished = early = 0
    for rows in world.people.values():
        begun = [row for row in rows if row.match & 1]
        if params.first_time:
            begun = begun[:1]
        begun = [row for row in begun if context.span.start <= row.time < context.span.end]
        if not begun:
            continue
        start, own = begun[0], course(begun[0].time)
        after = [row for row in rows if row.time >= start.time and row is not start]
        outcomes = [row.time for row in after if row.match & 2]
        if own.until > context.now:
            unfinished += 1
        elif early_left_out and any(time < own.since for time in outcomes):
            early += 1
        else:
            stories.append(
                Story(
                    [row for row in after if row.time < own.counted and not excluded(params, row)],
                    any(own.since <= time < own.until for time in outcomes),
                )
            )
    reached = sum(story.reached for story in stories)
    drivers = ranked([told(stories, behaviour, params) for behaviour in behaviours(stories, params, context)])
    return DriversResult(
        people=len(stories),
        reached=reached,
        rate=reached / len(stories) if stories else None,
        unfinished=unfinished,
        early=early,
        tested=sum(one.p_value is not None for driver in drivers for one in driver.tests),
        drivers=drivers,
    )


def excluded(params: DriversQuestion, row: Happening) -> bool:
    """Say whether a row is no behaviour."""
    return any(row.match >> 2 + at & 1 for at in range(len(params.exclude)))


class Behaviour(NamedTuple):
    """One behaviour and how to know it: a bit, and a name where any will not do."""

    key: str | int
    name: str
    bit: int
    code: int | None = None

    def holds(self, row: Happening) -> bool:
        """Say whether a row is one."""
        return bool(row.match >> self.bit & 1) and (self.code is None or row.names[0] == self.code)


def behaviours(stories: list[Story], params: DriversQuestion, context: Context) -> list[Behaviour]:
    """Return those given, or every name that occurs."""
    first = 2 + len(params.exclude)
    if params.behaviours:
        return [
            Behaviour(at, step.name or step.any_of[0].event, first + at)
            for at, step in enumerate(params.behaviours)
        ]
    codes = {
        row.names[0] for story in stories for row in story.done if row.match >> first & 1 and row.names[0]
    }
    names = {code: str(context.names[0].of(code)[0]) for code in codes}
    return [Behaviour(name, name, first, code) for code, name in names.items()]


def activity(story: Story, behaviour: Behaviour, params: DriversQuestion) -> int:
    """Return how much else a person did, in steps that double."""
    first = 2 + len(params.exclude)
    other = [
        row
        for row in story.done
        if row.match >> first and (params.behaviours or row.names[0]) and not behaviour.holds(row)
    ]
    return min(8, len(other).bit_length())


def told(stories: list[Story], behaviour: Behaviour, params: DriversQuestion) -> Driver | None:
    """Return a behaviour with its tests, q-values still missing; None where nobody did it often enough."""
    tests = []
    for times in sorted(set(params.times)):
        pairs = [(sum(map(behaviour.holds, story.done)) >= times, story.reached) for story in stories]
        if any(did for did, _ in pairs):
            alike: dict[int, list[tuple[bool, bool]]] = {}
            for story, pair in zip(stories, pairs, strict=True):
                alike.setdefault(activity(story, behaviour, params), []).append(pair)
            tests.append(one_test(times, pairs, list(alike.values()), params.support))
    if not tests and not params.behaviours:
        return None
    return Driver(behaviour=behaviour.key, name=behaviour.name, best=None, tests=tests)


def among_equals(alike: list[list[tuple[bool, bool]]]) -> tuple[float, float, float] | None:
    """Return the mean difference between equally active people, weighted by how much each of them tells."""
    weights, differences, variances = [], [], []
    for pairs in alike:
        yes, no = ([reached for did, reached in pairs if did == side] for side in (True, False))
        if yes and no:
            p, q = sum(yes) / len(yes), sum(no) / len(no)
            weights.append(len(yes) * len(no) / len(pairs))
            differences.append(p - q)
            variances.append(p * (1 - p) / len(yes) + q * (1 - q) / len(no))
    if not weights:
        return None
    whole = sum(weights)
    mean = sum(w * d for w, d in zip(weights, differences, strict=True)) / whole
    half = Z95 * sum(w * w * v for w, v in zip(weights, variances, strict=True)) ** 0.5 / whole
    return mean, max(-1.0, mean - half), min(1.0, mean + half)


def one_test(
    times: int, pairs: list[tuple[bool, bool]], alike: list[list[tuple[bool, bool]]], support: int
) -> Tested:
    """Return effects and test of who did it against who did not."""
    yes = [reached for did, reached in pairs if did]
    no = [reached for did, reached in pairs if not did]
    four = (sum(yes), len(yes), sum(no), len(no))
    rate, other = (sum(side) / len(side) if side else None for side in (yes, no))
    mean_did, mean_reached = len(yes) / len(pairs), (sum(yes) + sum(no)) / len(pairs)
    spread = (mean_did * (1 - mean_did) * mean_reached * (1 - mean_reached)) ** 0.5
    varies = no and 0 < sum(yes) + sum(no) < len(pairs)
    phi = (sum(yes) / len(pairs) - mean_did * mean_reached) / spread if varies else None
    fewest = min(len(side) * some for side in (yes, no) for some in (mean_reached, 1 - mean_reached))
    usual = fewest >= 5 - 1e-9
    p = None
    if varies and len(yes) >= support and len(no) >= support:
        p = two_proportions(*four) if usual else fisher_exact(*four)
    even = among_equals(alike)
    bounds, around = newcombe(*four), ratio_interval(*four)
    return Tested(
        times=times,
        did=len(yes),
        did_reached=sum(yes),
        not_did=len(no),
        not_did_reached=sum(no),
        rate_did=rate,
        rate_not=other,
        difference=rate - other if rate is not None and other is not None else None,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        ratio=rate / other if rate is not None and other else None,
        ratio_low=around[0] if around else None,
        ratio_high=around[1] if around else None,
        adjusted=even[0] if even else None,
        adjusted_low=even[1] if even else None,
        adjusted_high=even[2] if even else None,
        phi=phi,
        word="did_not" if phi is not None and (rate or 0) < (other or 0) else "did",
        method=None if p is None else "chi_square" if usual else "fisher",
        p_value=p,
        q_value=None,
        telling=False,
    )


def ranked(found: list[Driver | None]) -> list[Driver]:
    """Return behaviours with q-values and their best test, the strongest first."""
    drivers = [one for one in found if one is not None]
    p_values = sorted(one.p_value for each in drivers for one in each.tests if one.p_value is not None)
    whole = []
    for each in drivers:
        tests = []
        for one in each.tests:
            if one.p_value is not None:
                worse = [p * len(p_values) / place for place, p in enumerate(p_values, 1) if p >= one.p_value]
                q = min(1.0, *worse)
                tests.append(one.model_copy(update={"q_value": q, "telling": q <= 0.05}))
            else:
                tests.append(one)
        sizes = [round(abs(one.phi or 0), 12) for one in tests if one.p_value is not None]
        best = next(
            (
                one.times
                for one in tests
                if one.p_value is not None and round(abs(one.phi or 0), 12) == max(sizes)
            ),
            None,
        )
        whole.append((max(sizes, default=-1.0), each.model_copy(update={"tests": tests, "best": best})))
    whole.sort(key=lambda pair: (-pair[0], pair[1].name, str(pair[1].behaviour)))
    return [driver for _, driver in whole]
