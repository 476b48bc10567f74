"""Asking again what was asked before, of the facts there were then, and telling apart why two answers differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from tidewheel.analyse.answer import Answer
from tidewheel.analyse.run import Asking, Held, Stored, ask
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.store.receipt import Arrived, Point, arrived, linked, then
from tidewheel.store.view import Snapshot

MADE_BY: Final = ("definition", "data", "identity", "zone", "engine")
"""What of the provenance makes an answer; the rest describes it."""
SHOWN: Final = 50


class _Figure(BaseModel):
    name: str
    group: list[Any] | None
    value: float | None


class _Provenance(BaseModel):
    asked_at: Annotated[
        AwareDatetime, Field(ge=datetime(1971, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
    ]
    receipt: str | None = None
    people: int = 0

    @property
    def point(self) -> Point | None:
        """Which facts were seen; None in an answer of a version that did not say."""
        return Point.read(self.receipt)


class _Kept(BaseModel):
    """What has to be read from a kept answer; the rest is only compared."""

    kind: str
    params: dict[str, Any]
    figures: list[_Figure]
    provenance: _Provenance


@dataclass(frozen=True, slots=True)
class Replayed:
    """An answer asked again at its own minute, of the facts and links it saw.

    ``equal``: the same to the byte. ``changed`` names what made it and is not the same any more; ``differences`` where
    the results differ, with the value then and now. ``later`` counts facts that were taken in since and were left out,
    ``missing`` those it saw that are no longer there: they were erased. ``elsewhere``: it was given by another project,
    or with another data folder, whose facts these are not; nothing was erased then.
    """

    equal: bool
    changed: tuple[str, ...]
    differences: tuple[str, ...]
    later: int
    missing: int
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One figure of two answers; the five parts add up to ``after - before``.

    ``data``: facts taken in between the two. ``identity``: links taken in between. ``definition``: the other question.
    ``moment``: the other minute. ``version``: what asking either again of its own facts gives otherwise than it was told:
    another program, another time zone, segments defined anew, facts that were erased.
    """

    name: str
    group: list[Any] | None
    before: float
    after: float
    data: float
    identity: float
    definition: float
    moment: float
    version: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two answers differ.

    ``backwards``: the second saw less than the first, so that ``arrived`` and ``links`` (facts by source, and how many
    links, taken in between) count against it. ``people``: persons in the first, with the other facts, with the other
    links too. ``fields``: where the questions differ, with both values. ``engines``, ``zones``: of either answer.
    ``elsewhere``: which of them, ``before`` or ``after``, were given by another project or with another data folder.
    """

    figures: tuple[Explained, ...]
    backwards: bool
    arrived: tuple[Arrived, ...]
    links: int
    people: tuple[int, int, int]
    fields: tuple[str, ...]
    engines: tuple[str, str]
    zones: tuple[str, str]
    elsewhere: tuple[str, ...]


def replay(store: Stored, told: dict[str, Any], asking: Asking) -> Replayed:
    """Ask a kept answer's question again, of what it saw; by the same program it is the same to the byte."""
    kept = _read(told)
    snapshot = store.snapshot()
    with _seen(snapshot, kept) as held:
        now = _json(_asked(held, kept, kept, asking))
        facts = held.rows
    changed = tuple(name for name in MADE_BY if told["provenance"].get(name) != now["provenance"][name])
    before = _said(told)
    found = [one for part, said in _said(now).items() for one in differences(before.get(part), said, part)]
    point, equal = kept.provenance.point, now == told
    elsewhere = not equal and _elsewhere(snapshot, point)
    missing = max(point.facts - facts, 0) if point and not elsewhere else 0
    return Replayed(equal, changed, tuple(found[:SHOWN]), snapshot.rows - facts, missing, elsewhere)


def _elsewhere(snapshot: Snapshot, point: Point | None) -> bool:
    """Say whether facts were seen in another store: every store begins with a stamp of its own."""
    return point is not None and snapshot.seen is not None and point.first != snapshot.seen[0]


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    """Return all an answer says but what made it, its figures first."""
    made = {name: one for name, one in answer["provenance"].items() if name not in (*MADE_BY, "receipt")}
    first = {part: answer.get(part) for part in ("result", "figures", "comparisons")}
    return first | {part: one for part, one in answer.items() if part != "provenance"} | {"provenance": made}


def explain(store: Stored, before: dict[str, Any], after: dict[str, Any], asking: Asking) -> Difference:
    """Split the difference of two answers of one kind, figure by figure."""
    first, second = _read(before), _read(after)
    if first.kind != second.kind:
        raise BadInput(
            "kinds_differ",
            Text("Only answers of one kind can be set against each other.", "只能比较同一种分析的两个结果。"),
            field="after.kind",
            got=second.kind,
            expected=first.kind,
        )
    snapshot = store.snapshot()
    with _seen(snapshot, first) as held:
        own = _json(_asked(held, first, first, asking))
    with _seen(snapshot, second, links=first) as held:
        data = _json(_asked(held, first, first, asking))
    with _seen(snapshot, second) as held:
        identity = _json(_asked(held, first, first, asking))
        definition = _json(_asked(held, second, first, asking))
        moment = _json(_asked(held, second, second, asking))
    answers = (before, own, data, identity, definition, moment, after)
    steps = [_figures(_read(one)) for one in answers]
    points = first.provenance.point, second.provenance.point
    backwards = False
    came: list[Arrived] = []
    links = 0
    if points[0] is not None and points[1] is not None:
        backwards = (points[1].inbox, points[1].load) < (points[0].inbox, points[0].load)
        old, new = (points[1], points[0]) if backwards else (points[0], points[1])
        came, links = arrived(snapshot, old, new), linked(snapshot, old, new)
    people = tuple(one["provenance"]["people"] for one in (own, data, identity))
    return Difference(
        figures=tuple(_explained(steps)),
        backwards=backwards,
        arrived=tuple(came),
        links=links,
        people=(people[0], people[1], people[2]),
        fields=tuple(differences(before["params"], after["params"], "params")[:SHOWN]),
        engines=_both(before, after, "engine"),
        zones=_both(before, after, "zone"),
        elsewhere=tuple(
            name
            for name, point in zip(("before", "after"), points, strict=True)
            if _elsewhere(snapshot, point)
        ),
    )


def _explained(steps: list[dict[str, float | None]]) -> Iterator[Explained]:
    for key in steps[0]:
        values = [one for step in steps if (one := step.get(key)) is not None]
        if len(values) == len(steps):
            told, own, data, identity, definition, moment, last = values
            name, group = json.loads(key)
            yield Explained(
                name=name,
                group=group,
                before=told,
                after=last,
                data=data - own,
                identity=identity - data,
                definition=definition - identity,
                moment=moment - definition,
                version=(own - told) + (last - moment),
            )


def _both(before: dict[str, Any], after: dict[str, Any], name: str) -> tuple[str, str]:
    return str(before["provenance"].get(name)), str(after["provenance"].get(name))


@contextmanager
def _seen(snapshot: Snapshot, kept: _Kept, links: _Kept | None = None) -> Iterator[Snapshot]:
    """Yield what an answer saw, with the links another saw; what is there now for one that does not say."""
    point = kept.provenance.point
    if point is None or snapshot.seen is None:
        yield snapshot
        return
    with then(snapshot, point, links.provenance.point if links else None) as held:
        yield held


def _read(told: dict[str, Any]) -> _Kept:
    try:
        return _Kept.model_validate(told)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise BadInput(
            "not_an_answer",
            Text("This is not an answer of Tidewheel.", "这不是 Tidewheel 的分析结果。"),
            field=".".join(str(part) for part in wrong["loc"]),
            expected=wrong["msg"],
            hint=Text(
                "Keep what tidewheel analyse … --json prints, or what the API answers.",
                "请保存 tidewheel analyse … --json 的输出，或接口返回的内容。",
            ),
        ) from error


def _asked(snapshot: Snapshot, question: _Kept, moment: _Kept, asking: Asking) -> Answer:
    """Ask one answer's question at the minute of another."""
    now = int(moment.provenance.asked_at.timestamp() * 1000)
    return ask(Held(snapshot), question.kind, question.params, replace(asking, now=now))


def _json(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.model_dump_json(by_alias=True))
    return found


def _figures(kept: _Kept) -> dict[str, float | None]:
    return {json.dumps([one.name, one.group]): one.value for one in kept.figures}
