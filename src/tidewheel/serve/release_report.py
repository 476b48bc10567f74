"""The report of a verification run as Markdown, for a pull request or a ticket."""

from __future__ import annotations

from typing import Any

from tidewheel.core.text import Language, Text
from tidewheel.serve.markdown import code, words

_HEAD = Text("Tracking of a release", "发版埋点验收")
_MET = Text("**The plan is met.**", "**符合方案。**")
_NOT_MET = Text("**The plan is not met.**", "**不符合方案。**")
_SEEN = Text(
    "{seen} of {wanted} events seen, {looked_at} events looked at, {since} to {until}.",
    "应见 {wanted} 个事件，见到 {seen} 个；共检查 {looked_at} 条，{since} 至 {until}。",
)
_COLUMNS = Text(
    "| | Event | Status | Seen | Clean | Blocked | What is wrong |",
    "| | 事件 | 状态 | 见到 | 合规 | 拦截 | 问题 |",
)
_MISSING = Text("not seen", "未见到")


def as_markdown(report: dict[str, Any], language: Language) -> str:
    """Return the report that ``POST …/plan/verify`` gave, as Markdown."""
    lines = [
        f"# {_HEAD.say(language)}",
        "",
        (_MET if report["met"] else _NOT_MET).say(language),
        _SEEN.say(
            language,
            seen=report["seen"],
            wanted=report["wanted"],
            looked_at=report["looked_at"],
            since=report["since"],
            until=report["until"],
        ),
        "",
        _COLUMNS.say(language),
        "|---|---|---|--:|--:|--:|---|",
    ]
    for one in report["events"]:
        if one["wanted"] or one["count"] or one["blocked"]:
            title = one["title"][language] if one["title"] else ""
            name = code(one["name"]) + (f" {words(title)}" if title else "")
            clean = f"{one['clean'] / one['count'] * 100:.1f}%" if one["count"] else "–"
            lines.append(
                f"| {'✓' if one['met'] else '✗'} | {name} | {one['status'] or '–'} | {one['count']} | {clean} "
                f"| {one['blocked']} | {_wrong(one, language)} |"
            )
    return "\n".join(lines) + "\n"


def _wrong(one: dict[str, Any], language: Language) -> str:
    if one["wanted"] and not one["count"] and not one["blocked"]:
        return _MISSING.say(language)
    parts, told = [], set()
    for held in one["properties"]:
        for fault, count in held["codes"].items():
            told.add(fault)
            samples = ", ".join(words(str(sample)) for sample in held["samples"])
            parts.append(f"{code(held['name'])} {fault} × {count}" + (f" ({samples})" if samples else ""))
    parts += [f"{fault} × {count}" for fault, count in one["codes"].items() if fault not in told]
    return "; ".join(parts)
