"""Asking again what was asked before, and telling apart why two answers differ."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from tidewheel.analyse.answer import Answer
from tidewheel.analyse.run import Asking, Stored, ask
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

MADE_BY: Final = ("definition", "data", "identity", "zone", "engine")
"""What of the provenance makes an answer; the rest describes it."""
SHOWN: Final = 50


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
    again = _asked(store, told, told, asking)
    now = json.loads(again.model_dump_json(by_alias=True))
    changed = tuple(name for name in MADE_BY if _made(told).get(name) != now["provenance"][name])
    parts = ("result", "figures", "comparisons")
    found = [one for part in parts for one in differences(told.get(part), now[part], part)]
    return Replayed(now == told, changed, tuple(found[:SHOWN]))


def explain(store: Stored, before: dict[str, Any], after: dict[str, Any], asking: Asking) -> list[Explained]:
    """Split the difference of two answers of one kind, figure by figure."""
    if before.get("kind") != after.get("kind"):
        raise BadInput(
            "kinds_differ",
            Text("Only answers of one kind can be set against each other.", "只能比较同一种分析的两个结果。"),
            field="after.kind",
            got=after.get("kind"),
            expected=before.get("kind"),
        )
    steps = [
        _figures(before["figures"]),
        _figures(_json(_asked(store, before, before, asking))["figures"]),
        _figures(_json(_asked(store, after, before, asking))["figures"]),
        _figures(_json(_asked(store, after, after, asking))["figures"]),
        _figures(after["figures"]),
    ]
    found = []
    for key, first in steps[0].items():
        values = [step.get(key) for step in steps]
        if all(value is not None for value in values):
            one, two, three, four, five = (float(value) for value in values if value is not None)
            name, group = json.loads(key)
            found.append(
                Explained(name, group, first or 0.0, five, two - one, three - two, four - three, five - four)
            )
    return found


def _asked(store: Stored, question: dict[str, Any], moment: dict[str, Any], asking: Asking) -> Answer:
    """Ask one answer's question at the minute of another."""
    try:
        now = datetime.fromisoformat(_made(moment)["asked_at"])
        kind, params = question["kind"], question["params"]
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            "not_an_answer",
            Text("This is not an answer of Tidewheel.", "这不是 Tidewheel 的分析结果。"),
            got=str(error),
            hint=Text(
                "Keep what tidewheel analyse … --json prints, or what the API answers.",
                "请保存 tidewheel analyse … --json 的输出，或接口返回的内容。",
            ),
        ) from error
    return ask(store, kind, params, replace(asking, now=int(now.timestamp() * 1000)))


def _made(told: dict[str, Any]) -> dict[str, Any]:
    found = told.get("provenance")
    return found if isinstance(found, dict) else {}


def _json(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.model_dump_json(by_alias=True))
    return found


def _figures(figures: list[dict[str, Any]]) -> dict[str, float | None]:
    return {json.dumps([one["name"], one["group"]]): one["value"] for one in figures}
