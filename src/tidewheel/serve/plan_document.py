"""A tracking plan as Markdown, for people who review it: a table an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tidewheel.collect.plan import EventPlan, PlanKind, PropertyPlan, TrackingPlan
from tidewheel.core.text import Language, Text
from tidewheel.serve.markdown import code, table, words
from tidewheel.serve.planning import title_of

_HEAD: Final = Text("{project}: tracking plan", "{project}：埋点方案")
_COUNTS: Final = Text(
    "{events} events, {properties} properties of events, {items} of items, {person} of people.",
    "{events} 个事件，{properties} 个事件属性，{items} 个商品属性，{person} 个用户属性。",
)
_EVENTS: Final = Text("Events", "事件")
_OVERVIEW: Final = (
    Text("Event", "事件"),
    Text("Title", "名称"),
    Text("Status", "状态"),
    Text("Owner", "负责人"),
    Text("Meaning", "说明"),
)
_COLUMNS: Final = (
    Text("Property", "属性"),
    Text("Title", "名称"),
    Text("Required", "必填"),
    Text("Type", "类型"),
    Text("Values", "取值"),
    Text("Meaning", "说明"),
)
_STATUS: Final = {
    "planned": Text("planned", "待上线"),
    "live": Text("live", "已上线"),
    "deprecated": Text("deprecated", "已废弃"),
}
_TYPES: Final = {
    "text": Text("text", "文本"),
    "number": Text("number", "数字"),
    "money": Text("money, in fen or cents", "金额（以分计的整数）"),
    "flag": Text("yes or no", "是否"),
    "time": Text("time", "时间"),
    "list": Text("list of texts", "列表"),
}
_YES, _NO = Text("yes", "是"), Text("–", "–")
_OWNER: Final = Text("Owner: {owner}", "负责人：{owner}")
_STATE: Final = Text("Status: {status}", "状态：{status}")
_WHO: Final = Text("Must name: {who}", "须带标识：{who}")
_OR: Final = Text(" or ", " 或 ")
_INSTEAD: Final = Text("Use instead: {event}", "请改用：{event}")
_NONE: Final = Text("It carries no properties of its own.", "没有自己的属性。")
_EVERYWHERE: Final = Text("Properties any event may carry", "任何事件都可带的属性")
_PERSON: Final = Text("Properties of people", "用户属性")
_UNUSED: Final = Text("Declared, and carried by no event yet", "已声明、尚无事件引用的属性")
_ITEM: Final = "items[]."
_SENSITIVE: Final = Text("sensitive", "敏感")
_PATTERN: Final = Text("fits {pattern}", "符合 {pattern}")
_LEAST: Final = Text("at least {low}", "不小于 {low}")
_MOST: Final = Text("at most {high}", "不大于 {high}")
_BETWEEN: Final = Text("{low} to {high}", "{low} 至 {high}")
_UNIT: Final = Text("in {unit}", "单位 {unit}")
_STOP: Final = {"en": "; ", "zh": "；"}


def plan_document(
    plan: TrackingPlan, project: str, language: Language, shown: Callable[[str], str] = str
) -> str:
    """Return a plan as one Markdown text; the same plan gives the same text.

    ``shown`` is what becomes of people's words for the one who asks.
    """
    return "\n".join(_Document(plan, language, shown).lines(project)) + "\n"


class _Document:
    def __init__(self, plan: TrackingPlan, language: Language, shown: Callable[[str], str]) -> None:
        self._plan, self._language, self._shown = plan, language, shown

    def lines(self, project: str) -> Iterable[str]:
        plan = self._plan
        yield f"# {self._say(_HEAD, project=self._words(project))}"
        yield ""
        yield self._say(
            _COUNTS,
            events=len(plan.events),
            properties=len(plan.properties),
            items=len(plan.items),
            person=len(plan.person),
        )
        if plan.events:
            yield from ["", f"## {self._say(_EVENTS)}", ""]
            yield from self._table(
                _OVERVIEW,
                [
                    [
                        self._code(name),
                        self._title("event", name, event),
                        self._say(_STATUS[event.status]),
                        self._words(event.owner),
                        self._meaning(event),
                    ]
                    for name, event in sorted(plan.events.items())
                ],
            )
        for name, event in sorted(plan.events.items()):
            yield from self._event(name, event)
        everywhere = {name: one for name, one in plan.properties.items() if one.everywhere}
        yield from self._section(_EVERYWHERE, "property", everywhere)
        yield from self._section(_PERSON, "person", plan.person)
        carried = {name for event in plan.events.values() for name in (*event.required, *event.optional)}
        in_items = {
            name for event in plan.events.values() for name in (*event.item_required, *event.item_optional)
        }
        unused = {
            name: one
            for name, one in plan.properties.items()
            if name not in carried and name not in everywhere
        }
        items = {name: one for name, one in plan.items.items() if name not in in_items}
        rows = [self._row("property", name, one, "") for name, one in sorted(unused.items())]
        rows += [self._row("item", name, one, "") for name, one in sorted(items.items())]
        if rows:
            yield from ["", f"## {self._say(_UNUSED)}", "", *self._table(_COLUMNS, rows)]

    def _event(self, name: str, event: EventPlan) -> Iterable[str]:
        title = self._title("event", name, event)
        yield from ["", f"### {self._code(name)}{' ' if title else ''}{title}"]
        if meaning := self._meaning(event):
            yield from ["", meaning]
        told = [self._say(_STATE, status=self._say(_STATUS[event.status]))]
        if event.owner:
            told.append(self._say(_OWNER, owner=self._words(event.owner)))
        if event.instead:
            told.append(self._say(_INSTEAD, event=self._code(event.instead)))
        if event.who:
            who = [self._say(_OR).join(self._code(kind) for kind in entry.split("|")) for entry in event.who]
            told.append(self._say(_WHO, who=", ".join(who)))
        yield from ["", " · ".join(told), ""]
        plan, yes, no = self._plan, self._say(_YES), self._say(_NO)
        rows = [self._row("property", one, plan.properties[one], yes) for one in event.required]
        rows += [self._row("property", one, plan.properties[one], no) for one in event.optional]
        rows += [self._row("item", one, plan.items[one], yes) for one in event.item_required]
        rows += [self._row("item", one, plan.items[one], no) for one in event.item_optional]
        yield from self._table(_COLUMNS, rows) if rows else [self._say(_NONE)]

    def _section(self, head: Text, kind: PlanKind, held: Mapping[str, PropertyPlan]) -> Iterable[str]:
        if held:
            rows = [self._row(kind, name, one, self._say(_NO)) for name, one in sorted(held.items())]
            yield from ["", f"## {self._say(head)}", "", *self._table(_COLUMNS, rows)]

    def _row(self, kind: PlanKind, name: str, part: PropertyPlan, required: str) -> list[str]:
        return [
            self._code(f"{_ITEM}{name}" if kind == "item" else name),
            self._title(kind, name, part),
            required,
            self._say(_TYPES[part.type]),
            self._values(part),
            self._meaning(part),
        ]

    def _values(self, part: PropertyPlan) -> str:
        told = []
        if part.one_of:
            told.append(
                ", ".join(self._code(f"{one:g}" if isinstance(one, float) else one) for one in part.one_of)
            )
        if part.pattern:
            told.append(self._say(_PATTERN, pattern=self._code(part.pattern)))
        low, high = (None if edge is None else f"{edge:,.15g}" for edge in (part.minimum, part.maximum))
        if low is not None and high is not None:
            told.append(self._say(_BETWEEN, low=low, high=high))
        elif low is not None:
            told.append(self._say(_LEAST, low=low))
        elif high is not None:
            told.append(self._say(_MOST, high=high))
        if part.unit:
            told.append(self._say(_UNIT, unit=self._words(part.unit)))
        if part.sensitive:
            told.append(self._say(_SENSITIVE))
        return _STOP[self._language].join(told)

    def _title(self, kind: PlanKind, name: str, part: EventPlan | PropertyPlan) -> str:
        title = title_of(kind, name, part)
        return self._words(title[self._language]) if title else ""

    def _meaning(self, part: EventPlan | PropertyPlan) -> str:
        said = part.description
        return self._words(said.zh if self._language == "zh" else said.en) if said else ""

    def _table(self, columns: Iterable[Text], rows: list[list[str]]) -> list[str]:
        return table([self._say(column) for column in columns], rows)

    def _words(self, text: str) -> str:
        return words(self._shown(text))

    def _code(self, text: str) -> str:
        return code(self._shown(text))

    def _say(self, text: Text, **values: object) -> str:
        return text.say(self._language, **values)
