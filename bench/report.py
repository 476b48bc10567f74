"""Tables for people, made from the files of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAGES = {"docs/explanation/performance.md": "en", "docs/zh/explanation/performance.md": "zh"}
START, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WORDS = {
    "en": {
        "events": "events", "question": "Question", "memory": "Peak memory",
        "first": "Opening and the first answer to each, together", "bytes": "Tidewheel holds {lake:.1f} bytes per event in the lake and {columns:.1f} in columns.",
        "ran": "Measured {at} on {cores} cores of {processor}, {memory}, Python {python}; median of {turns} turns.",
        "ingest": "Batches of {batch}, {senders} senders: **{events:,.0f} events/s** durable, one server process; "
        "a bare server that only parses and syncs: {bare:,.0f} events/s ({ratio:.0%}).",
        "seen": "Acknowledged → visible in an answer at {rate:,.0f} events/s: median {p50:.2f} s, p99 {p99:.2f} s "
        "({probes} probes).",
    },
    "zh": {
        "events": "条事件", "question": "问题", "memory": "内存峰值",
        "first": "打开并首次回答全部问题，合计", "bytes": "Tidewheel 每条事件在数据湖占 {lake:.1f} 字节，在列文件占 {columns:.1f} 字节。",
        "ran": "{at} 实测，{cores} 核 {processor}，内存 {memory}，Python {python}；取 {turns} 轮的中位数。",
        "ingest": "每批 {batch} 条、{senders} 个并发：单进程落盘 **{events:,.0f} 条/秒**；只解析并 fsync 的裸服务 {bare:,.0f} 条/秒"
        "（{ratio:.0%}）。",
        "seen": "{rate:,.0f} 条/秒持续写入时，应答到可查：中位数 {p50:.2f} 秒，p99 {p99:.2f} 秒（{probes} 次探测）。",
    },
}  # fmt: skip
QUESTIONS_ZH = {
    "trends": "趋势",
    "trends by channel": "按渠道拆分的趋势",
    "funnel": "漏斗",
    "retention": "留存",
    "paths": "路径",
    "sessions": "会话",
    "rfm": "RFM 分层",
    "lifetime value": "用户价值",
}


def write(results: Path) -> None:
    """Put the tables between the marks of both performance pages."""
    root = results.parent.parent
    for page, language in PAGES.items():
        path = root / page
        text = path.read_text("utf-8")
        before, _, rest = text.partition(START)
        after = rest.partition(END)[2]
        path.write_text(f"{before}{START}\n\n{tables(results, language)}\n{END}{after}", "utf-8")


def tables(results: Path, language: str) -> str:
    """Return the markdown of all results."""
    parts = [
        questions(json.loads(path.read_text("utf-8")), language)
        for path in sorted(results.glob("questions-*.json"), key=lambda path: int(path.stem.split("-")[1]))
    ]
    if (results / "ingest.json").exists():
        parts.append(ingest(json.loads((results / "ingest.json").read_text("utf-8")), language))
    return "\n".join(parts)


def questions(said: dict[str, Any], language: str) -> str:
    """Return the table of one size."""
    words = WORDS[language]
    engines = said["engines"]
    heads = [
        f"{one['version']}{' ' + LABELS[language][name] if name in LABELS[language] else ''}"
        for name, one in engines.items()
    ]
    lines = [
        f"### {said['events']:,} {words['events']}",
        "",
        f"| {words['question']} | {' | '.join(heads)} |",
        f"|---|{'---:|' * len(engines)}",
    ]
    for question in next(iter(engines.values()))["questions"]:
        name = QUESTIONS_ZH[question] if language == "zh" else question
        ours = engines["tidewheel"]["questions"][question]["median"]
        cells = [cell(engine["questions"][question]["median"], ours) for engine in engines.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    first = [
        f"{engine['open_seconds'] + sum(one['first'] for one in engine['questions'].values()):.1f} s"
        for engine in engines.values()
    ]
    lines.append(f"| {words['first']} | {' | '.join(first)} |")
    memory = [f"{engine['peak_bytes'] / 2**20:,.0f} MiB" for engine in engines.values()]
    lines += [f"| {words['memory']} | {' | '.join(memory)} |", ""]
    lines += [
        words["bytes"].format(
            lake=said["lake_bytes"] / said["events"], columns=said["column_bytes"] / said["events"]
        ),
        words["ran"].format(at=said["at"][:10], turns=said["turns"], **said["machine"]),
        "",
    ]
    return "\n".join(lines)


LABELS = {
    "en": {"clickhouse": "join", "clickhouse_dictionary": "dictionary", "duckdb": "join"},
    "zh": {"clickhouse": "连接", "clickhouse_dictionary": "字典", "duckdb": "连接"},
}


def cell(seconds: float, ours: float) -> str:
    """Return seconds, and how many times Tidewheel's they are."""
    return f"{seconds:.3f} s" if seconds == ours else f"{seconds:.3f} s ({seconds / ours:.1f}×)"


def ingest(said: dict[str, Any], language: str) -> str:
    """Return the sentences on ingest and freshness."""
    words = WORDS[language]
    ratio = said["events_per_second"] / said["bare_events_per_second"]
    return "\n\n".join(
        (
            words["ingest"].format(
                batch=said["batch"],
                senders=said["senders"],
                events=said["events_per_second"],
                bare=said["bare_events_per_second"],
                ratio=ratio,
            ),
            words["seen"].format(**said["seen"]),
            words["ran"].format(at=said["at"][:10], turns=said["turns"], **said["machine"]),
            "",
        )
    )
