"""Properties whose values come in several kinds: which kind a question reads is said with its answer."""

from __future__ import annotations

from typing import Final

from tidewheel.analyse.answer import Title, Warned
from tidewheel.analyse.contract import Plan
from tidewheel.analyse.question import Breakdown
from tidewheel.core.events import Kind
from tidewheel.identify.properties import kinds
from tidewheel.store.view import Snapshot

NUMERIC: Final[tuple[Kind, ...]] = ("number", "flag", "time")
WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "text": ("text", "文本"),
    "number": ("numbers", "数值"),
    "flag": ("true or false", "是/否"),
    "time": ("moments", "时间"),
    "list": ("lists", "列表"),
}


def mixed(snapshot: Snapshot, plan: Plan) -> list[Warned]:
    """Return a warning for each property that a plan reads in one of several kinds without having been told which."""
    equal = [one for at, one in enumerate(plan.values) if at in plan.coded]
    numeric = [one for at, one in enumerate(plan.values) if at not in plan.coded]
    split = [*plan.group, *plan.key, *(one for name in plan.names for one in name), *plan.traits, *equal]
    found: dict[tuple[str, str], Warned] = {}
    for asked, numbers in ((split, False), (numeric, True)):
        for one in asked:
            seen = _seen(snapshot, one)
            if one.kind is None and one.bins is None and not one.clean and len(seen) > 1:
                read: Kind = (
                    next((kind for kind in seen if kind in NUMERIC), "number") if numbers else seen[0]
                )
                found.setdefault((one.property, one.scope), _said(one.property, seen, read))
    return [found[key] for key in sorted(found)]


def _seen(snapshot: Snapshot, asked: Breakdown) -> list[Kind]:
    if asked.property.startswith("$"):
        return []
    if asked.scope == "person":
        return list(kinds(snapshot, asked.property))
    return [kind for kind, count in snapshot.kinds(asked.property, asked.scope).items() if count]


def _said(name: str, seen: list[Kind], read: Kind) -> Warned:
    others = [kind for kind in sorted(seen) if kind != read]
    english = ", ".join(WORDS[kind][0] for kind in others)
    chinese = "、".join(WORDS[kind][1] for kind in others)
    return Warned(
        code="property_of_several_kinds",
        message=Title(
            en=f"{name} comes in several types. {WORDS[read][0].capitalize()} were read; {english} count as not set.",
            zh=f"{name} 有多种类型的值。本次读取的是{WORDS[read][1]}，{chinese}按未设置处理。",
        ),
    )
