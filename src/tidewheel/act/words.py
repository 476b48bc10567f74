"""What a message says: the metric, its value, what was expected, the period, the rule and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tidewheel.act.contract import Message
from tidewheel.act.periods import named
from tidewheel.act.rules import Judged
from tidewheel.core.period import Calendar, Span
from tidewheel.core.text import Language, Text
from tidewheel.model import AlertDefinition, Anomaly, Change, Format, Threshold, Words

SIGNS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}
AGAINST: Final = {
    "previous": {
        "day": Text("the day before", "前一天"),
        "week": Text("the week before", "上一周"),
        "month": Text("the month before", "上个月"),
    },
    "last_week": {"day": Text("the same day a week before", "上周同一天")},
    "last_year": {
        "day": Text("the same weekday a year before", "去年同期"),
        "week": Text("the same week a year before", "去年同期"),
        "month": Text("the same month a year before", "去年同月"),
    },
}
REASONS: Final = {
    "no_value": Text("it has no value", "没有数值"),
    "no_base": Text("there is nothing to hold it against", "没有可对比的数值"),
    "little_history": Text("there is too little history", "历史数据不足"),
}
_METRIC, _VALUE = Text("Metric", "指标"), Text("Value", "数值")
_PERIOD, _EXPECTED = Text("Period", "周期"), Text("Expected", "预期")
_RANGE, _CHANGE = Text("Usual range", "正常区间"), Text("Difference", "相差")
_RULE, _PROJECT, _SINCE = Text("Rule", "规则"), Text("Project", "项目"), Text("Since", "开始于")
_LIMIT = Text("Limit", "界线")


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a message comes from. ``public_url`` None: it has no link."""

    project: str
    project_name: str
    currency: str
    calendar: Calendar
    public_url: str | None


def message(
    scene: Scene,
    name: str,
    alert: AlertDefinition,
    metric: Words,
    span: Span,
    judged: Judged,
    form: Format,
    kind: Literal["fired", "recovered", "test"],
    language: Language,
    *,
    since: int | None = None,
    running: bool = False,
) -> Message:
    """Return what is told of one period."""
    title = alert.title or metric
    said = title.zh if language == "zh" else title.en
    period = named(scene.calendar, alert.by, span)
    if running:
        period += Text(" (not over yet)", "（尚未结束）").say(language)
    value = figure(judged.value, form, scene.currency)
    head = {
        "fired": Text("{title}: {value}, {why} · {period}", "{title}：{value}，{why} · {period}"),
        "recovered": Text(
            "{title} is back to normal: {value} · {period}", "{title}已恢复正常：{value} · {period}"
        ),
        "test": Text("Test: {title} is {value} · {period}", "测试消息：{title} 为 {value} · {period}"),
    }[kind]
    why = _why(alert, judged, form, scene.currency, language)
    return Message(
        kind=kind,
        title=head.say(language, title=said, value=value, why=why, period=period),
        facts=tuple(
            (key.say(language), text)
            for key, text in _facts(scene, alert, metric, period, judged, form, language, since)
        ),
        link=f"{scene.public_url.rstrip('/')}/p/{scene.project}/alerts?open={name}"
        if scene.public_url
        else None,
        data=_data(scene, name, alert, span, judged, form, running=running),
        language=language,
    )


def figure(value: float | None, form: Format, currency: str) -> str:
    """Return a value as people write it."""
    if value is None:
        return "–"
    if form == "percent":
        return f"{value * 100:,.2f}%"
    if form == "money":
        text = f"{abs(value) / 100:,.2f}".removesuffix(".00")
        return f"{'-' if value < 0 else ''}{SIGNS.get(currency, currency + ' ')}{text}"
    if form == "seconds":
        return f"{value:,.1f} s"
    return f"{int(value):,}" if value == int(value) else f"{value:,.2f}"


def rule_words(alert: AlertDefinition, form: Format, currency: str, language: Language) -> str:
    """Return the rule as a sentence."""
    rule = alert.rule
    if isinstance(rule, Threshold):
        parts = [
            text.say(language, limit=figure(limit, form, currency))
            for limit, text in (
                (rule.above, Text("over {limit}", "高于 {limit}")),
                (rule.below, Text("under {limit}", "低于 {limit}")),
            )
            if limit is not None
        ]
        return Text(" or ", " 或 ").say(language).join(parts)
    if isinstance(rule, Change):
        by = f"{rule.by:g}%" if rule.unit == "percent" else figure(rule.by, form, currency)
        return Text("differs by more than {by} from {other}", "与{other}相差超过 {by}").say(
            language, by=by, other=AGAINST[rule.against][alert.by].say(language)
        )
    unit = {
        "day": Text("equal weekdays", "个相同星期"),
        "week": Text("weeks", "周"),
        "month": Text("months", "个月"),
    }[alert.by]
    return Text(
        "outside the usual range of the last {count} {unit} (± {width:g} deviations)",
        "超出最近 {count} {unit}的正常区间（± {width:g} 倍偏差）",
    ).say(language, count=rule.history, unit=unit.say(language), width=rule.width)


def _why(alert: AlertDefinition, judged: Judged, form: Format, currency: str, language: Language) -> str:
    if judged.value is None or judged.bad is None:
        return REASONS[judged.reason or "no_value"].say(language)
    over = judged.high is not None and judged.value > judged.high
    limit = figure(judged.high if over else judged.low, form, currency)
    if isinstance(alert.rule, Change):
        other = AGAINST[alert.rule.against][alert.by].say(language)
        by = (
            signed(judged.change)
            if judged.change is not None
            else figure(judged.value - (judged.expected or 0), form, currency)
        )
        return Text("{by} against {other}", "较{other} {by}").say(language, by=by, other=other)
    if isinstance(alert.rule, Anomaly):
        expected = figure(judged.expected, form, currency)
        text = (
            Text("unusually high (expected {expected})", "异常偏高（预期 {expected}）")
            if over
            else Text("unusually low (expected {expected})", "异常偏低（预期 {expected}）")
        )
        return text.say(language, expected=expected)
    text = Text("over {limit}", "高于 {limit}") if over else Text("under {limit}", "低于 {limit}")
    return text.say(language, limit=limit)


def signed(share: float) -> str:
    """Return ``+12.5%``."""
    return f"{share * 100:+,.1f}%"


def _facts(
    scene: Scene,
    alert: AlertDefinition,
    metric: Words,
    period: str,
    judged: Judged,
    form: Format,
    language: Language,
    since: int | None,
) -> list[tuple[Text, str]]:
    low, high = (figure(one, form, scene.currency) for one in (judged.low, judged.high))
    facts = [
        (_METRIC, f"{metric.zh if language == 'zh' else metric.en} ({alert.metric})"),
        (_PERIOD, f"{period} ({scene.calendar.zone})"),
        (_VALUE, figure(judged.value, form, scene.currency)),
    ]
    if judged.expected is not None:
        facts.append((_EXPECTED, figure(judged.expected, form, scene.currency)))
    if judged.change is not None:
        facts.append((_CHANGE, signed(judged.change)))
    if judged.low is not None and judged.high is not None:
        facts.append((_RANGE, f"{low} – {high}"))
    elif judged.low is not None:
        facts.append((_LIMIT, f"≥ {low}"))
    elif judged.high is not None:
        facts.append((_LIMIT, f"≤ {high}"))
    facts.append((_RULE, rule_words(alert, form, scene.currency, language)))
    if since is not None:
        facts.append((_SINCE, scene.calendar.local(since).date().isoformat()))
    facts.append((_PROJECT, scene.project_name))
    return facts


def _data(
    scene: Scene,
    name: str,
    alert: AlertDefinition,
    span: Span,
    judged: Judged,
    form: Format,
    *,
    running: bool,
) -> Mapping[str, Any]:
    first, after = (scene.calendar.local(one).isoformat() for one in (span.start, span.end))
    return {
        "alert": name,
        "project": scene.project,
        "metric": alert.metric,
        "period": {"start": first, "end": after, "by": alert.by, "complete": not running},
        "value": judged.value,
        "expected": judged.expected,
        "low": judged.low,
        "high": judged.high,
        "change": judged.change,
        "format": form,
        "currency": scene.currency if form == "money" else None,
        "rule": alert.rule.model_dump(mode="json"),
    }
