"""Asking again what was asked before, and telling apart why two answers differ."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from tidewheel.analyse.answer import Answer
from tidewheel.analyse.run import Asking, Stored, ask
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

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


class _Kept(BaseModel):
    """What has to be read from a kept answer; the rest is only compared."""

    kind: str
    params: dict[str, Any]
    figures: list[_Figure]
    provenance: _Provenance


@dataclass(frozen=True, slots=True)
class Replayed:
    """An answer asked again at its own minute.

    ``equal``: the same to the byte. ``changed`` names what made it and is not the same any more;
    ``differences`` where the results differ, with the value then and now.
    """

    equal: bool
    changed: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One figure of two answers; the four parts add up to ``after - before``.

    ``since_before``: what facts, links or program changed since the first was answered. ``definition``: the other
    question, asked of the same facts at the same minute. ``moment``: the other minute. ``since_after``: what
    changed since the second was answered, taken back.
    """

    name: str
    group: list[Any] | None
    before: float
    after: float
    since_before: float
    definition: float
    moment: float
    since_after: float


def replay(store: Stored, told: dict[str, Any], asking: Asking) -> Replayed:
    """Ask a kept answer's question again; with the same facts, links, zone and program it is the same to the byte."""
    kept = _read(told)
    now = _json(_asked(store, kept, kept, asking))
    changed = tuple(name for name in MADE_BY if told["provenance"].get(name) != now["provenance"][name])
    parts = ("result", "figures", "comparisons")
    found = [one for part in parts for one in differences(told.get(part), now[part], part)]
    return Replayed(now == told, changed, tuple(found[:SHOWN]))


def explain(store: Stored, before: dict[str, Any], after: dict[str, Any], asking: Asking) -> list[Explained]:
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
    steps = [
        _figures(first),
        _figures(_read(_json(_asked(store, first, first, asking)))),
        _figures(_read(_json(_asked(store, second, first, asking)))),
        _figures(_read(_json(_asked(store, second, second, asking)))),
        _figures(second),
    ]
    found = []
    for key in steps[0]:
        values = [step.get(key) for step in steps]
        if all(value is not None for value in values):
            one, two, three, four, five = (value for value in values if value is not None)
            name, group = json.loads(key)
            found.append(Explained(name, group, one, five, two - one, three - two, four - three, five - four))
    return found


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


def _asked(store: Stored, question: _Kept, moment: _Kept, asking: Asking) -> Answer:
    """Ask one answer's question at the minute of another."""
    now = int(moment.provenance.asked_at.timestamp() * 1000)
    return ask(store, question.kind, question.params, replace(asking, now=now))


def _json(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.model_dump_json(by_alias=True))
    return found


def _figures(kept: _Kept) -> dict[str, float | None]:
    return {json.dumps([one.name, one.group]): one.value for one in kept.figures}
