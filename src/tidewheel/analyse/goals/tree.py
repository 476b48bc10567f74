"""The goal's tree grown: every part's values in two periods and what it brings to the whole above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tidewheel.analyse.goals.effects import ZERO, Effect, Method, Pair, added, blended, multiplied, settled
from tidewheel.analyse.goals.narrow import EVERYTHING, Narrow
from tidewheel.analyse.goals.reading import OTHER, Label, Reading
from tidewheel.analyse.goals.told import GoalOverlap, Reason, Way
from tidewheel.model import GoalDefinition, GoalPart, Node, SplitBy, Words


@dataclass
class Grown:
    """One node: what it is, its values, and its effect on the one above; ``effect`` None: not known."""

    way: Way
    metric: str
    narrow: Narrow
    now: Fraction | None
    then: Fraction | None
    node: Node | None = None
    title: Words | None = None
    label: list[Label] | None = None
    effect: Effect | None = None
    method: Method | None = None
    reason: Reason | None = None
    overlap: GoalOverlap | None = None
    children: list[Grown] = field(default_factory=list)
    residual: Fraction | None = None

    @property
    def change(self) -> Fraction | None:
        """Return by how much the value changed."""
        return None if self.now is None or self.then is None else self.now - self.then


@dataclass(frozen=True)
class _Piece:
    """One part of a split before its effect is known."""

    grown: Grown
    then: Pair
    now: Pair


def grow(reading: Reading, goal: GoalDefinition) -> Grown:
    """Return the goal with everything below it."""
    now, then = (reading.value(goal.metric, period) for period in (reading.now, reading.then))
    root = Grown("goal", goal.metric, EVERYTHING, now, then, goal, goal.title)
    _divide(reading, root)
    return root


def _divide(reading: Reading, whole: Grown) -> None:
    """Give a node its children, their effects and what they leave."""
    node = whole.node
    if node is None or node.how is None:
        return
    if node.how == "split":
        _split(reading, whole, node)
    else:
        _compose(reading, whole, node)
    for child in whole.children:
        _divide(reading, child)


def _compose(reading: Reading, whole: Grown, node: Node) -> None:
    """Sums and products of metrics of their own."""
    for part in node.parts:
        assert part.metric is not None
        now, then = (
            reading.value(part.metric, period, whole.narrow) for period in (reading.now, reading.then)
        )
        whole.children.append(Grown("part", part.metric, whole.narrow, now, then, part, part.title))
    known = [
        (child, child.then, child.now)
        for child in whole.children
        if child.then is not None and child.now is not None
    ]
    before, after = [a for _, a, _ in known], [b for _, _, b in known]
    effects: list[Effect] = []
    if node.how == "sum":
        weights = [
            Fraction(part.weight)
            for part, child in zip(node.parts, whole.children, strict=True)
            if child.change is not None
        ]
        whole.method, effects = "sum", added(weights, before, after)
        if len(known) < len(whole.children):
            whole.reason = "unknown"
    elif len(known) < len(whole.children):
        whole.reason = "unknown"
    else:
        whole.method, effects = multiplied(before, after)
        whole.reason = "positive" if whole.method == "lmdi" else "not_positive"
    _settle(whole, [child for child, _, _ in known] if effects else [], effects)


def _split(reading: Reading, whole: Grown, node: Node) -> None:
    form = reading.divisible(whole.metric)
    rate = form.bottom is not None
    whole.method, whole.reason = ("mix", "ratio") if rate else ("difference", "amount")
    if node.parts:
        pieces = _named(reading, whole, node)
    else:
        assert node.by is not None
        pieces = _found(reading, whole, node.by, rate=rate)
    if not node.by:
        whole.overlap = reading.overlap([part.segment for part in node.parts if part.segment])
    effects = _effects(reading, whole, pieces, rate=rate)
    if not node.parts and node.by:
        pieces = _leading(pieces, effects, whole, node.by, rate=rate)
        effects = _effects(reading, whole, pieces, rate=rate)
    whole.children = [piece.grown for piece in pieces]
    if effects is None:
        whole.reason = "unknown"
    _settle(whole, whole.children if effects else [], effects or [])


def _named(reading: Reading, whole: Grown, node: Node) -> list[_Piece]:
    """The parts that are listed, and the rest."""
    narrows: list[tuple[GoalPart | None, Narrow]]
    if node.by:
        told = [value for part in node.parts for value in part.values or ()]
        narrows = [(part, whole.narrow.having(node.by, part.values or ())) for part in node.parts]
        narrows.append((None, whole.narrow.lacking(node.by, told)))
    else:
        named = [part.segment for part in node.parts if part.segment]
        narrows = [(part, whole.narrow.inside(part.segment or "")) for part in node.parts]
        narrows.append((None, whole.narrow.outside(named)))
    pieces = []
    for part, narrow in narrows:
        then, now = (
            reading.pair(whole.metric, period, narrow) or Pair(ZERO, ZERO)
            for period in (reading.then, reading.now)
        )
        grown = Grown(
            "part" if part else "rest",
            whole.metric,
            narrow,
            now.value,
            then.value,
            part,
            part.title if part else None,
        )
        pieces.append(_Piece(grown, then, now))
    return pieces


def _found(reading: Reading, whole: Grown, by: SplitBy, *, rate: bool) -> list[_Piece]:
    """Every value of the property; one that may hide in the other period's "other" is left to the rest."""
    then = reading.groups(whole.metric, reading.then, whole.narrow, by)
    now = reading.groups(whole.metric, reading.now, whole.narrow, by)
    nothing = Pair(ZERO, ZERO) if rate else Pair(ZERO)
    labels = [label for label in {**now, **then} if label != OTHER]
    sure = [
        label
        for label in labels
        if (label in now or OTHER not in now) and (label in then or OTHER not in then)
    ]
    pieces = []
    for label in sure:
        a, b = then.get(label, nothing), now.get(label, nothing)
        narrow = whole.narrow.having(by, [label])
        pieces.append(_Piece(Grown("part", whole.metric, narrow, b.value, a.value, label=[label]), a, b))
    hidden = [label for label in {**now, **then} if label not in sure]
    if hidden:
        a, b = (_total([held.get(label, nothing) for label in hidden], rate=rate) for held in (then, now))
        narrow = whole.narrow.lacking(by, sure)
        pieces.append(_Piece(Grown("rest", whole.metric, narrow, b.value, a.value), a, b))
    return pieces


def _leading(
    pieces: list[_Piece], effects: list[Effect] | None, whole: Grown, by: SplitBy, *, rate: bool
) -> list[_Piece]:
    """The values that moved the whole most; the others together are the rest."""

    def weight(place: int) -> tuple[Fraction, Fraction]:
        gain = abs(effects[place].gain) if effects else ZERO
        return -gain, -abs(pieces[place].now.top)

    named = [place for place, piece in enumerate(pieces) if piece.grown.way == "part"]
    kept = sorted(named, key=weight)[: by.top]
    others = [piece for place, piece in enumerate(pieces) if place not in kept]
    if not others:
        return [pieces[place] for place in kept]
    a = _total([piece.then for piece in others], rate=rate)
    b = _total([piece.now for piece in others], rate=rate)
    told = [value for place in kept for value in pieces[place].grown.label or ()]
    narrow = whole.narrow.lacking(by, told)
    rest = _Piece(Grown("rest", whole.metric, narrow, b.value, a.value), a, b)
    return [*(pieces[place] for place in kept), rest]


def _effects(reading: Reading, whole: Grown, pieces: Sequence[_Piece], *, rate: bool) -> list[Effect] | None:
    """Return what each piece brings to the whole; None where the whole has no value to compare."""
    then, now = [piece.then for piece in pieces], [piece.now for piece in pieces]
    if not rate:
        ones = [Fraction(1)] * len(pieces)
        return added(ones, [one.top for one in then], [one.top for one in now])
    before, after = (
        reading.pair(whole.metric, period, whole.narrow) for period in (reading.then, reading.now)
    )
    if before is None or after is None or not before.bottom or not after.bottom:
        return None
    return blended(then, now, before, after)


def _total(pairs: Sequence[Pair], *, rate: bool) -> Pair:
    top = sum((pair.top for pair in pairs), ZERO)
    return Pair(top, sum((pair.bottom for pair in pairs), ZERO)) if rate else Pair(top)


def _settle(whole: Grown, parts: Sequence[Grown], effects: list[Effect]) -> None:
    """Give parts their effects and the whole what they leave."""
    change = whole.change
    if change is None:
        return
    size = abs(whole.now or ZERO) + abs(whole.then or ZERO) + sum((abs(one.gain) for one in effects), ZERO)
    effects, whole.residual = settled(effects, change, size)
    for part, effect in zip(parts, effects, strict=True):
        part.effect = effect
