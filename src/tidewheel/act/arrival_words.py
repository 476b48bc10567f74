"""What a message about arrivals says: what fell silent or is unusual, since when, how much is missing, where to look first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from tidewheel.act.arrivals import News, Part, Verdict
from tidewheel.act.contract import Message
from tidewheel.act.words import Scene
from tidewheel.core.period import DAY, HOUR, MINUTE
from tidewheel.core.text import Language, Text
from tidewheel.model import ArrivalAlert, Silence, Words

LISTED: Final = 10
"""Parts a message names one by one."""
_WAYS: Final = {
    "silent": Text("Silent", "断流"),
    "low": Text("Too few", "偏低"),
    "high": Text("Too many", "偏高"),
}
_BACK, _MORE = Text("Well again", "已恢复"), Text("More", "其他")
_REFUSED, _FIRST = Text("Refused since then", "期间拒收"), Text("Look first at", "先查")
_RULE, _PROJECT = Text("Rule", "规则"), Text("Project", "项目")
_WHERE_SILENT: Final = Text(
    "a release just before, whether the site or app opens, the write key, refused events",
    "断流前是否发版、页面或小程序能否打开、写入密钥、被拒收的事件",
)
_WHERE_ALL: Final = Text(
    "the address, certificate and network in front of this server, then the clients",
    "本服务对外的域名、证书与网络，再查各端",
)
_WHERE_LOW: Final = Text(
    "a release, tracking that is gone from some pages, refused events",
    "是否发版、部分页面埋点是否丢失、被拒收的事件",
)
_WHERE_HIGH: Final = Text(
    "tracking that fires twice, a campaign, bots", "埋点是否重复触发、是否有活动、是否有爬虫"
)


@dataclass(frozen=True, slots=True)
class Names:
    """What people call events and sources; what is not in it is called by its own name."""

    event: Callable[[str], Text | None]
    sources: Mapping[str, str]

    def part(self, part: Part, language: Language) -> str:
        """Return a part as people say it."""
        source = self.sources.get(part.source or "", part.source)
        title = self.event(part.event) if part.event else None
        event = title.say(language) if title else part.event
        if source and event:
            return Text("“{event}” from {source}", "{source}的「{event}」").say(
                language, event=event, source=source
            )
        if source:
            return Text("{source}", "数据源「{source}」").say(language, source=source)
        if event:
            return Text("“{event}” from every source", "所有来源的「{event}」").say(language, event=event)
        return Text("Every source", "全部数据源").say(language)


@dataclass(frozen=True, slots=True)
class Refused:
    """How many events of a source were refused since a part was last well, and the reason of most of them."""

    source: str
    count: int
    code: str


def arrival_message(
    scene: Scene,
    name: str,
    alert: ArrivalAlert,
    news: News,
    now: int,
    names: Names,
    language: Language,
    refused: Sequence[Refused] = (),
) -> Message:
    """Return what is told after a look that had news."""
    assert news.kind is not None
    facts = _facts(scene, alert, news, now, names, language, refused)
    title = _fired(scene, alert, news, now, names, language) if news.fired else ""
    return Message(
        kind=news.kind,
        title=title or _recovered(alert, news, now, names, language),
        facts=tuple((key.say(language), text) for key, text in facts),
        link=_link(scene, name),
        data={
            **_about(scene, name, alert),
            "fired": [{**asdict(part), **_plain(verdict)} for part, verdict in news.fired],
            "recovered": [{**asdict(part), "since": since} for part, since in news.recovered],
            "refused": [asdict(one) for one in refused],
            "time": now,
        },
        language=language,
    )


def arrival_test(
    scene: Scene,
    name: str,
    alert: ArrivalAlert,
    watched: int,
    bad: Sequence[Part],
    names: Names,
    language: Language,
) -> Message:
    """Return the message that shows that messages arrive; ``watched`` counts events of sources, ``bad`` is so now."""
    title = _titled(alert.title, language) if alert.title else Text("arrivals", "上报").say(language)
    state = (
        Text("bad now: {parts}", "目前异常：{parts}").say(language, parts=_list(bad, names, language))
        if bad
        else Text("all of them as usual", "目前全部正常").say(language)
    )
    head = Text(
        "Test: {title}: events watched: {count}, {state}",
        "测试消息：{title}，正在监测 {count} 个事件，{state}",
    )
    return Message(
        kind="test",
        title=head.say(language, title=title, count=watched, state=state),
        facts=(
            (_RULE.say(language), arrival_rule(alert, language)),
            (_PROJECT.say(language), scene.project_name),
        ),
        link=_link(scene, name),
        data=_about(scene, name, alert),
        language=language,
    )


def arrival_rule(alert: ArrivalAlert, language: Language) -> str:
    """Return the rule as a sentence."""
    rule = alert.rule
    if isinstance(rule, Silence):
        return Text(
            "nothing for an hour or more, in which at least {missing:g} events are usual",
            "一小时以上没有数据，且按平时至少应有 {missing:g} 条",
        ).say(language, missing=rule.missing)
    return {
        "both": Text(
            "an hour outside the usual range of that weekday and hour (± {width:g} deviations)",
            "某小时的条数超出同一星期几同一小时的正常区间（± {width:g} 倍偏差）",
        ),
        "down": Text(
            "an hour below the usual range of that weekday and hour ({width:g} deviations)",
            "某小时的条数低于同一星期几同一小时的正常区间（{width:g} 倍偏差）",
        ),
        "up": Text(
            "an hour above the usual range of that weekday and hour ({width:g} deviations)",
            "某小时的条数高于同一星期几同一小时的正常区间（{width:g} 倍偏差）",
        ),
    }[rule.direction].say(language, width=rule.width)


def length(ms: int, language: Language) -> str:
    """Return a length of time in its two largest units: 2 h 14 min."""
    if ms >= DAY:
        return Text("{a} d {b} h", "{a} 天 {b} 小时").say(language, a=ms // DAY, b=ms % DAY // HOUR)
    if ms >= HOUR:
        return Text("{a} h {b} min", "{a} 小时 {b} 分").say(language, a=ms // HOUR, b=ms % HOUR // MINUTE)
    return Text("{a} min", "{a} 分").say(language, a=ms // MINUTE)


def _fired(scene: Scene, alert: ArrivalAlert, news: News, now: int, names: Names, language: Language) -> str:
    part, one = news.fired[0]
    own = f"{_titled(alert.title, language)}: " if alert.title else ""
    if len(news.fired) > 1:
        head = (
            Text("{count} fell silent: {parts}", "{count} 处断流：{parts}")
            if isinstance(alert.rule, Silence)
            else Text("{count} volumes are unusual: {parts}", "{count} 处上报量异常：{parts}")
        )
        parts = [found for found, _ in news.fired]
        return own + head.say(language, count=len(parts), parts=_list(parts, names, language))
    said = names.part(part, language)
    if one.way == "silent":
        whole = part.event is None
        head = (
            Text(
                "{part} fell silent: no event of any kind for {length}, about {missing} missing",
                "{part}整个断流：已 {length}没有任何事件，少了约 {missing} 条",
            )
            if whole
            else Text(
                "{part} fell silent: nothing for {length}, about {missing} missing",
                "{part}断流：已 {length}没有数据，少了约 {missing} 条",
            )
        )
        return own + head.say(
            language, part=said, length=length(now - one.since, language), missing=_count(one.expected)
        )
    head = (
        Text(
            "{part}: unusually few, {count} instead of about {expected} · {hour}",
            "{part}上报量异常偏低：{count} 条，平时约 {expected} 条 · {hour}",
        )
        if one.way == "low"
        else Text(
            "{part}: unusually many, {count} instead of about {expected} · {hour}",
            "{part}上报量异常偏高：{count} 条，平时约 {expected} 条 · {hour}",
        )
    )
    return own + head.say(
        language,
        part=said,
        count=_count(one.count),
        expected=_count(one.expected),
        hour=_hour(scene, one.since),
    )


def _recovered(alert: ArrivalAlert, news: News, now: int, names: Names, language: Language) -> str:
    parts = [part for part, _ in news.recovered]
    if len(parts) > 1:
        return Text("{count} are well again: {parts}", "{count} 处已恢复：{parts}").say(
            language, count=len(parts), parts=_list(parts, names, language)
        )
    head = (
        Text("{part} is back after {length} of silence", "{part}已恢复上报，断流 {length}")
        if isinstance(alert.rule, Silence)
        else Text(
            "{part} is back to its usual volume after {length}", "{part}上报量已恢复正常，异常持续 {length}"
        )
    )
    lasted = length(now - news.recovered[0][1], language)
    return head.say(language, part=names.part(parts[0], language), length=lasted)


def _facts(
    scene: Scene,
    alert: ArrivalAlert,
    news: News,
    now: int,
    names: Names,
    language: Language,
    refused: Sequence[Refused],
) -> list[tuple[Text, str]]:
    facts = [
        (_WAYS[verdict.way or "silent"], _line(scene, part, verdict, now, names, language))
        for part, verdict in news.fired[:LISTED]
    ]
    facts += _rest(len(news.fired), language)
    facts += [
        (
            _BACK,
            Text("{part}, bad since {stamp}", "{part}，{stamp} 起异常").say(
                language, part=_exact(part, names, language), stamp=_stamp(scene, since)
            ),
        )
        for part, since in news.recovered[:LISTED]
    ]
    facts += _rest(len(news.recovered), language)
    facts += [
        (
            _REFUSED,
            Text("{source}: {count}, most for {code}", "{source}：{count} 条，主要原因 {code}").say(
                language,
                source=names.sources.get(one.source, one.source),
                count=_count(one.count),
                code=one.code,
            ),
        )
        for one in refused
    ]
    if news.fired:
        facts.append((_FIRST, _where(news).say(language)))
    facts.append((_RULE, arrival_rule(alert, language)))
    facts.append((_PROJECT, f"{scene.project_name} ({scene.calendar.zone})"))
    return facts


def _where(news: News) -> Text:
    part, verdict = news.fired[0]
    if verdict.way == "silent":
        return _WHERE_ALL if part == Part() else _WHERE_SILENT
    return _WHERE_LOW if verdict.way == "low" else _WHERE_HIGH


def _rest(count: int, language: Language) -> list[tuple[Text, str]]:
    if count <= LISTED:
        return []
    return [(_MORE, Text("and {count} others", "另有 {count} 处").say(language, count=count - LISTED))]


def _line(scene: Scene, part: Part, verdict: Verdict, now: int, names: Names, language: Language) -> str:
    said = _exact(part, names, language)
    if verdict.way == "silent":
        return Text(
            "{part}, last event {stamp}, {length} ago; about {missing} should have come since",
            "{part}，最后一条在 {stamp}，距今 {length}；按平时应有约 {missing} 条",
        ).say(
            language, part=said, stamp=_stamp(scene, verdict.since), length=length(now - verdict.since, language),
            missing=_count(verdict.expected),
        )  # fmt: skip
    edges = f"{_count(verdict.low or 0)} – {_count(verdict.high)}" if verdict.high is not None else None
    return Text(
        "{part}: {count} at {hour}, usual {edges}", "{part}：{hour} {count} 条，正常区间 {edges}"
    ).say(
        language, part=said, count=_count(verdict.count), hour=_hour(scene, verdict.since),
        edges=edges or f"≥ {_count(verdict.low or 0)}",
    )  # fmt: skip


def _exact(part: Part, names: Names, language: Language) -> str:
    """Return a part with the names by which programs know it."""
    known = [one for one in (part.event, part.source) if one]
    said = names.part(part, language)
    return said if all(one in said for one in known) else f"{said} ({' · '.join(known)})"


def _list(parts: Sequence[Part], names: Names, language: Language) -> str:
    said = [names.part(part, language) for part in parts[:3]]
    if len(parts) > 3:
        said.append(
            Text("{count} more", "等 {count} 处").say(
                language, count=len(parts) - 3 if language == "en" else len(parts)
            )
        )
    return Text(", ", "、").say(language).join(said)


def _stamp(scene: Scene, moment: int) -> str:
    return scene.calendar.local(moment).strftime("%Y-%m-%d %H:%M")


def _hour(scene: Scene, start: int) -> str:
    first, after = (scene.calendar.local(one) for one in (start, start + HOUR))
    return f"{first:%Y-%m-%d %H:%M}–{after:%H:%M}"


def _count(value: float) -> str:
    return f"{round(value):,}"


def _titled(title: Words, language: Language) -> str:
    return title.zh if language == "zh" else title.en


def _link(scene: Scene, name: str) -> str | None:
    if not scene.public_url:
        return None
    return f"{scene.public_url.rstrip('/')}/p/{scene.project}/alerts?open={name}"


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "way": verdict.way,
        "since": verdict.since,
        "count": verdict.count,
        "expected": verdict.expected,
        "low": verdict.low,
        "high": verdict.high,
    }


def _about(scene: Scene, name: str, alert: ArrivalAlert) -> dict[str, Any]:
    return {
        "alert": name,
        "project": scene.project,
        "arrivals": alert.arrivals.model_dump(mode="json"),
        "rule": alert.rule.model_dump(mode="json"),
    }
