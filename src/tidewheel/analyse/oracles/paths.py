"""Paths said plainly: walk from every anchor, remember every path with its person, look at all of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

from tidewheel.analyse.contract import Context
from tidewheel.analyse.flows import (
    ENTRY,
    EXIT,
    EXITS,
    FURTHER,
    LOOPS,
    NOTABLE,
    WHOLE,
    PathExit,
    PathGroup,
    PathLess,
    PathLink,
    PathLoop,
    PathMatrix,
    PathMove,
    PathNode,
    PathRest,
    PathResult,
    PathStep,
    WholePath,
)
from tidewheel.analyse.kinds.paths import PathsParams
from tidewheel.analyse.oracle import Happening, Oracle, World, named
from tidewheel.analyse.plain import cut_up, matcher
from tidewheel.analyse.question import GroupLabel
from tidewheel.core.period import MINUTE

OTHER: GroupLabel = ["$other"]
Node = int | str
"""A node's code, or how a path ends: in, out, more."""
T = TypeVar("T", bound=Hashable)


class Path(NamedTuple):
    """One path: the nodes by step, its person, its group, and whether the goal was reached."""

    person: int
    group: int
    reached: bool
    nodes: dict[int, Node]


class PathsOracle(Oracle[PathsParams, PathResult]):
    """See :class:`tidewheel.analyse.kinds.paths.Paths`."""

    name = "paths"
    most_rows = 20_000

    def answer(self, world: World, params: PathsParams, context: Context) -> PathResult:
        """Walk every path, then count."""
        found = [
            path for person, rows in world.people.items() for path in walked(world, person, rows, params, context)
        ]  # fmt: skip
        sizes = Counter(path.group for path in found if params.breakdowns)
        groups = [
            told([p for p in found if codes is None or p.group in codes], label, params, context)
            for label, codes in named(dict(sizes), params.top, context.labels)
        ]
        return PathResult(groups=groups)


def walked(
    world: World, person: int, rows: list[Happening], params: PathsParams, context: Context
) -> Iterable[Path]:
    """Yield the paths of one person."""
    bit = matcher(
        {
            "anchor": params.anchor,
            "activity": params.activity,
            "ignore": params.ignore,
            "cut": params.cut,
            "split": params.split if params.by else None,
            "show": params.show,
            "hide": params.hide,
            "goal": params.goal,
        }
    )

    def has(row: Happening, name: str) -> bool:
        return bool(row.match & bit.get(name, 0))

    events = len(context.names[0].tables[0]) + 1
    nodes: list[int | None] = []
    active = []
    for row in rows:
        counts = has(row, "activity") and not has(row, "ignore")
        active.append(counts or has(row, "anchor") or has(row, "goal"))
        shown = has(row, "anchor") or (
            counts and not has(row, "hide") and (params.show is None or has(row, "show"))
        )
        code = row.names[0] if not params.by or has(row, "split") else row.names[0] % events
        nodes.append(code if shown else None)
    units = [list(range(len(rows)))]
    if params.unit == "session":
        units = cut_up(rows, active, bit.get("cut", 0), params, context)
    for unit in units:
        for at in anchors(unit, rows, nodes, bit["anchor"], params):
            here = rows[at]

            def near(other: int, here: Happening = here) -> bool:
                return not params.within or abs(rows[other].time - here.time) <= params.within * MINUTE

            path: dict[int, Node] = {0: nodes[at] or 0}
            if params.position != "end":
                path |= steps([i for i in unit if i > at and near(i)], nodes, nodes[at], params, 1, "out")
            if params.position != "start":
                back = [i for i in reversed(unit) if i < at and near(i)]
                path |= steps(back, nodes, nodes[at], params, -1, "in")
            reached = any(i >= at and near(i) and has(rows[i], "goal") for i in unit)
            group = here.group if params.breakdowns else 0
            if params.breakdowns and world.ragged_group:
                group = here.items[0].group if here.items else 0
            yield Path(person, group, reached, path)


def anchors(
    unit: list[int], rows: list[Happening], nodes: list[int | None], bit: int, params: PathsParams
) -> list[int]:
    """Return the places that make paths; repeats that are one step make one."""
    found = [i for i in unit if rows[i].match & bit]
    if params.which == "first":
        return found[:1]
    if params.which == "last":
        return found[-1:]
    if not params.collapse:
        return found
    kept = []
    for i in found:
        earlier = [j for j in unit if j < i and nodes[j] is not None]
        while earlier and nodes[earlier[-1]] == nodes[i]:
            if earlier[-1] in found:
                break
            earlier.pop()
        if not earlier or nodes[earlier[-1]] != nodes[i]:
            kept.append(i)
    return kept


def steps(
    places: list[int], nodes: list[int | None], held: int | None, params: PathsParams, side: int, end: str
) -> dict[int, Node]:
    """Return what stands at the steps of one side."""
    found: list[Node] = []
    for i in places:
        node = nodes[i]
        if node is None or (params.collapse and node == held):
            continue
        held = node
        found.append(node)
    shown = [*found[: params.steps], "more" if len(found) > params.steps else end]
    return {side * (at + 1): node for at, node in enumerate(shown)}


def told(paths: list[Path], label: GroupLabel | None, params: PathsParams, context: Context) -> PathGroup:
    """Make the answer of one group's paths."""
    shown = [p for p in paths if params.outcome == "all" or p.reached == (params.outcome == "converted")]
    columns = range(
        0 if params.position == "start" else -params.steps - 1,
        1 if params.position == "end" else params.steps + 2,
    )

    def say(node: Node) -> GroupLabel:
        if isinstance(node, int):
            return context.names[0].of(node)
        return {"in": ENTRY, "out": EXIT, "more": FURTHER, "other": OTHER}[node]

    def rank(counts: Counter[int]) -> list[int]:
        return sorted(counts, key=lambda n: (-counts[n], str(say(n)), n))[: params.nodes]

    def numbers(of: Callable[[Path], Iterable[T]], among: list[Path]) -> dict[T, list[int]]:
        """Return of each thing: how often, how many people, how many on paths that reach the goal."""
        times: Counter[T] = Counter()
        who: dict[T, set[int]] = {}
        won: Counter[T] = Counter()
        for path in among:
            for thing in of(path):
                times[thing] += 1
                won[thing] += path.reached
                who.setdefault(thing, set()).add(path.person)
        return {thing: [times[thing], len(who[thing]), won[thing]] for thing in times}

    def people(among: list[Path]) -> int:
        return len({path.person for path in among})

    largest = {
        at: rank(Counter(n for path in shown if isinstance(n := path.nodes.get(at), int))) for at in columns
    }
    often = rank(Counter(n for path in shown for n in path.nodes.values() if isinstance(n, int)))

    def fold(node: Node, known: list[int]) -> Node:
        return node if not isinstance(node, int) or node in known else "other"

    def slot(node: Node, known: list[int]) -> int:
        if isinstance(node, int):
            return known.index(node)
        return params.nodes + {"other": 0, "in": 1, "out": 1, "more": 2}[node]

    def pairs(path: Path) -> list[tuple[int, Node, Node]]:
        return [
            (at, path.nodes[at], path.nodes[at + 1]) for at in columns if at in path.nodes and at + 1 in path.nodes
        ]  # fmt: skip

    rest: list[Node] = ["other"]
    at_step = numbers(
        lambda p: [(at, fold(n, largest[at])) for at, n in p.nodes.items() if n not in ("in", "out", "more")],
        shown,
    )
    linked = numbers(
        lambda p: [(a, fold(s, largest[a]), fold(t, largest[a + 1])) for a, s, t in pairs(p)], shown
    )
    moved = numbers(lambda p: [(fold(s, often), fold(t, often)) for _, s, t in pairs(p)], shown)
    whole = numbers(lambda p: [tuple(p.nodes.get(at) for at in columns)], shown)
    looped = numbers(
        lambda p: [
            (p.nodes[at], p.nodes[at + 1])
            for at in columns
            if isinstance(p.nodes.get(at), int)
            and isinstance(p.nodes.get(at + 1), int)
            and p.nodes[at] == p.nodes.get(at + 2)
            and p.nodes[at] != p.nodes[at + 1]
        ],
        shown,
    )

    def said(key: tuple[Node | None, ...]) -> list[GroupLabel | None]:
        return [None if node is None else say(node) for node in key]

    def order(key: tuple[Node | None, ...]) -> list[tuple[int, str]]:
        """Where a path begins or is over comes first, then nodes by their labels."""
        marks = {"more": 0, None: 1, "in": 2, "out": 2}
        return [(3, str(say(n))) if isinstance(n, int) else (marks[n], "") for n in key]

    big = [key for key, figures in whole.items() if figures[1] >= params.least]
    thin = {key: figures for key, figures in linked.items() if figures[1] < params.least}
    thin_moves = {key: figures for key, figures in moved.items() if figures[1] < params.least}
    thin_whole = [figures for figures in whole.values() if figures[1] < params.least]

    def rests(side: int, marks: list[Node]) -> list[PathRest]:
        """Return of each node how many moves on its side are not listed."""
        nodes: list[Node] = [*often, "other", *marks]
        sums = [sum(f[0] for key, f in thin_moves.items() if key[side] == node) for node in nodes]
        return [PathRest(node=say(node), count=n) for node, n in zip(nodes, sums, strict=True) if n]

    best = sorted(big, key=lambda key: (-whole[key][0], order(key)))[:WHOLE]
    round_trips = sorted(looped, key=lambda k: (-looped[k][0], str((say(k[0]), say(k[1])))))[:LOOPS]
    return PathGroup(
        group=label,
        paths=len(shown),
        people=people(shown),
        started_paths=len(paths),
        started_people=people(paths),
        converted_paths=sum(path.reached for path in paths),
        converted_people=people([path for path in paths if path.reached]),
        looping_paths=sum(
            any(
                isinstance(p.nodes.get(at), int)
                and isinstance(p.nodes.get(at + 1), int)
                and p.nodes[at] == p.nodes.get(at + 2) != p.nodes[at + 1]
                for at in columns
            )
            for p in shown
        ),
        ended_at_once=sum(path.nodes.get(1) == "out" for path in shown),
        steps=[
            PathStep(
                at=at,
                nodes=[
                    PathNode(
                        node=say(n),
                        count=f[0],
                        people=f[1],
                        converted=f[2],
                        less_after=sum(g[0] for (a, s, _), g in thin.items() if (a, s) == (at, n)),
                        less_before=sum(g[0] for (a, _, t), g in thin.items() if (a + 1, t) == (at, n)),
                    )
                    for n in (*largest[at], *rest)
                    if (f := at_step.get((at, n)))
                ],
            )
            for at in columns
            if largest[at]
        ],
        links=[
            PathLink(at=a, source=say(s), target=say(t), count=f[0], people=f[1], converted=f[2])
            for (a, s, t), f in sorted(
                linked.items(),
                key=lambda one: (
                    one[0][0],
                    slot(one[0][1], largest[one[0][0]]),
                    slot(one[0][2], largest[one[0][0] + 1]),
                ),
            )
            if (a, s, t) not in thin
        ],
        less=PathLess(
            different=len(thin),
            count=sum(
                any((a, fold(s, largest[a]), fold(t, largest[a + 1])) in thin for a, s, t in pairs(p))
                for p in shown
            ),
        ),
        matrix=PathMatrix(
            nodes=[say(n) for n in often],
            moves=[
                PathMove(source=say(s), target=say(t), count=f[0], people=f[1])
                for (s, t), f in sorted(
                    moved.items(),
                    key=lambda one: (slot(one[0][0], often), slot(one[0][1], often)),
                )
                if (s, t) not in thin_moves
            ],
            less=PathLess(different=len(thin_moves), count=sum(f[0] for f in thin_moves.values())),
            less_from=rests(0, ["in", "more"]),
            less_to=rests(1, ["out", "more"]),
        ),
        whole=[
            WholePath(
                nodes=said(key),
                count=whole[key][0],
                people=whole[key][1],
                converted=whole[key][2],
                share=whole[key][0] / len(shown),
            )
            for key in best
        ],
        less_whole=PathLess(different=len(thin_whole), count=sum(f[0] for f in thin_whole)),
        loops=[
            PathLoop(node=say(k[0]), over=say(k[1]), count=looped[k][0], people=looped[k][1])
            for k in round_trips
        ],
        exits=exits([path for path in shown if not path.reached], columns, say),
    )


def exits(lost: list[Path], columns: range, say: Callable[[Node], GroupLabel]) -> list[PathExit]:
    """Return where paths that miss the goal end more often than the others at the same steps."""
    came: Counter[int] = Counter()
    left: Counter[int] = Counter()
    who: dict[int, set[int]] = {}
    expected: dict[int, float] = {}
    spread: dict[int, float] = {}
    for at in columns:
        if at < 0:
            continue
        there = [(node, p) for p in lost if isinstance(node := p.nodes.get(at), int) and at + 1 in columns]
        gone = [(node, p) for node, p in there if p.nodes.get(at + 1) == "out"]
        rate = len(gone) / max(len(there), 1)
        for node, _ in there:
            came[node] += 1
            expected[node] = expected.get(node, 0.0) + rate
            spread[node] = spread.get(node, 0.0) + rate * (1 - rate)
        for node, path in gone:
            left[node] += 1
            who.setdefault(node, set()).add(path.person)
    found = [n for n in left if left[n] - expected[n] > NOTABLE * math.sqrt(spread[n])]
    best = sorted(found, key=lambda n: (round(expected[n] - left[n], 9), str(say(n))))[:EXITS]
    return [
        PathExit(node=say(n), count=came[n], exits=left[n], people=len(who[n]), expected=expected[n])
        for n in best
    ]
