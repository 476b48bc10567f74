"""Tables for people, made from the files of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAGES = {"docs/explanation/performance.md": "en", "docs/zh/explanation/performance.md": "zh"}
START, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WORDS = {
    "en": {
        "events": "events", "question": "Question", "processor": "{name}, processor seconds", "memory": "Peak memory",
        "first": "Opening and the first answer to each, together", "bytes": "Tidewheel holds {lake:.1f} bytes per event in the lake and {columns:.1f} in columns.",
        "ran": "Measured {at} on {cores} cores of {processor}, {memory}, Python {python}; median of {turns} turns.",
        "ingest": "Batches of {batch}, {senders} senders: **{events:,.0f} events/s** durable, one server process; "
        "a bare server that only parses and syncs: {bare:,.0f} events/s ({ratio:.0%}).",
        "seen": "Acknowledged → visible in an answer at {rate:,.0f} events/s: median {p50:.2f} s, p99 {p99:.2f} s "
        "({probes} probes).",
        "alone": "### Tidewheel alone, {events:,} events",
        "start": "First answer (funnel) of a new process, from opening on: {warm:.1f} s ({warm_processor:.1f} processor seconds), and {cold:.1f} s ({cold_processor:.1f}) with the files out of the system's cache.",
        "steps": "Persons of {actors:,} identifiers: {whole:.3f} s from nothing, {step:.4f} s after {links:,} late links (and {shown:.3f} s to show them).",
        "period": "The funnel over half a year: {whole:.3f} s; over one month of it: {month:.3f} s.",
        "wide": "A funnel with breakdown and filter over 200,000 events with 10 properties: {narrow:.3f} s; with 1,000 known: {wide:.3f} s.",
        "board": "Twenty tiles of a board at once: {at_once:.3f} processor seconds; one after another {alone:.3f} ({saved:.1f}×), one alone {one:.3f} on average "
        "(twenty at once cost {times:.1f} of them).",
        "scan": "Trends read {gib:.2f} GiB of columns and index at {rate:.2f} GiB/s; {cores} threads that only add up memory reach {memory_rate:.2f} GiB/s ({share:.0%}).",
        "took": "Measured {at} on {cores} cores of {processor}, {memory}, Python {python}.",
        "pace": "### Ten protocols, events a second",
        "paces": "| Protocol | Batches of {batch} | bare server | One by one | bare server |",
        "beside": "A funnel over these events meanwhile: median {busy_p50:.3f} s, p95 {busy_p95:.3f} s; idle {idle_p50:.3f} s and {idle_p95:.3f} s "
        "({ratio:.1f}× at p95, {asked} each).",
    },
    "zh": {
        "events": "条事件", "question": "问题", "processor": "{name}，处理器秒数", "memory": "内存峰值",
        "first": "打开并首次回答全部问题，合计", "bytes": "Tidewheel 每条事件在数据湖占 {lake:.1f} 字节，在列文件占 {columns:.1f} 字节。",
        "ran": "{at} 实测，{cores} 核 {processor}，内存 {memory}，Python {python}；取 {turns} 轮的中位数。",
        "ingest": "每批 {batch} 条、{senders} 个并发：单进程落盘 **{events:,.0f} 条/秒**；只解析并 fsync 的裸服务 {bare:,.0f} 条/秒"
        "（{ratio:.0%}）。",
        "seen": "{rate:,.0f} 条/秒持续写入时，应答到可查：中位数 {p50:.2f} 秒，p99 {p99:.2f} 秒（{probes} 次探测）。",
        "alone": "### 仅 Tidewheel，{events:,} 条事件",
        "start": "新进程从打开到首个回答（漏斗）：{warm:.1f} 秒（处理器 {warm_processor:.1f} 秒）；文件不在系统缓存时 {cold:.1f} 秒（处理器 {cold_processor:.1f} 秒）。",
        "steps": "由 {actors:,} 个标识得出用户：从零开始 {whole:.3f} 秒，来了 {links:,} 条迟到的关联之后 {step:.4f} 秒（使其可见另需 {shown:.3f} 秒）。",
        "period": "半年的漏斗：{whole:.3f} 秒；其中一个月：{month:.3f} 秒。",
        "wide": "20 万条事件、10 个属性，带拆分和筛选的漏斗：{narrow:.3f} 秒；已知属性达到 1,000 个时：{wide:.3f} 秒。",
        "board": "看板二十个图表同时打开：{at_once:.3f} 处理器秒；逐个查询共 {alone:.3f}（{saved:.1f} 倍），单个平均 {one:.3f}（二十个同时相当于 {times:.1f} 个单独查询）。",
        "scan": "趋势读取列与索引 {gib:.2f} GiB，速度 {rate:.2f} GiB/s；{cores} 个线程只做内存求和可达 {memory_rate:.2f} GiB/s（{share:.0%}）。",
        "took": "{at} 实测，{cores} 核 {processor}，内存 {memory}，Python {python}。",
        "pace": "### 十种协议，每秒事件数",
        "paces": "| 协议 | 每批 {batch} 条 | 裸服务 | 逐条 | 裸服务 |",
        "beside": "写入期间对这些事件查一次漏斗：中位数 {busy_p50:.3f} 秒，p95 {busy_p95:.3f} 秒；空闲时为 {idle_p50:.3f} 秒与 {idle_p95:.3f} 秒"
        "（p95 之比 {ratio:.1f}，各 {asked} 次）。",
    },
}  # fmt: skip
QUESTIONS_ZH = {
    "trends": "趋势",
    "trends by channel": "按渠道拆分的趋势",
    "funnel": "漏斗",
    "retention": "留存",
    "paths": "路径",
    "sessions": "会话",
    "pages": "页面与来源",
    "heatmap": "点击热图",
    "rfm": "RFM 分层",
    "lifetime value": "用户价值",
    "attribution": "归因",
    "distribution": "分布",
    "interval": "间隔",
    "lifecycle": "生命周期",
    "stickiness": "粘性",
    "composition": "构成",
    "table": "多维表",
    "cohort": "购买同期群",
    "portrait": "画像",
    "retention drivers": "留存魔法师",
    "conversion drivers": "转化驱动",
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
    parts += [
        alone(json.loads(path.read_text("utf-8")), language)
        for path in sorted(results.glob("alone-*.json"), key=lambda path: int(path.stem.split("-")[1]))
    ]
    if (results / "ingest.json").exists():
        parts.append(ingest(json.loads((results / "ingest.json").read_text("utf-8")), language))
    if (results / "protocols.json").exists():
        parts.append(protocols(json.loads((results / "protocols.json").read_text("utf-8")), language))
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
        name = QUESTIONS_ZH.get(question, question) if language == "zh" else question
        for figure, label in (("median", name), ("processor", words["processor"].format(name=name))):
            ours = engines["tidewheel"]["questions"][question][figure]
            cells = [cell(engine["questions"][question][figure], ours) for engine in engines.values()]
            lines.append(f"| {label} | {' | '.join(cells)} |")
    first = [
        f"{engine['open_seconds'] + sum(one['first'] for one in engine['questions'].values()):.1f} s"
        for engine in engines.values()
    ]
    if all(engine.get("opening_timed") for engine in engines.values()):
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


def alone(said: dict[str, Any], language: str) -> str:
    """Return the sentences on what only Tidewheel was asked."""
    words = WORDS[language]
    lines = [words["alone"].format(events=said["events"])]
    lines += [
        words[part].format(**said[part])
        for part in ("start", "steps", "period", "wide", "board", "scan")
        if part in said
    ]
    return "\n\n".join((*lines, words["took"].format(at=said["at"][:10], **said["machine"]), ""))


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
            words["beside"].format(
                ratio=said["beside"]["busy_p95"] / said["beside"]["idle_p95"], **said["beside"]
            ),
            words["ran"].format(at=said["at"][:10], turns=said["turns"], **said["machine"]),
            "",
        )
    )


def protocols(said: dict[str, Any], language: str) -> str:
    """Return the table of the protocols' pace."""
    words = WORDS[language]
    lines = [words["pace"], "", words["paces"].format(**said), "|---|---:|---:|---:|---:|"]
    for name, by in said["protocols"].items():
        cells = [
            f"{by[size][who]:,.0f}"
            + (f" ({by[size]['ours'] / by[size]['bare']:.0%})" if who == "ours" else "")
            for size in (str(said["batch"]), "1")
            for who in ("ours", "bare")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(
        (*lines, "", words["ran"].format(at=said["at"][:10], turns=said["turns"], **said["machine"]), "")
    )
