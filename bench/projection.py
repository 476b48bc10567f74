"""What ten billion and a thousand billion events need: arithmetic over the constants ``bench.cluster`` measured.

``python -m bench.cluster --write`` writes it between the marks of both pages on scale; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

RESULT: Final = Path(__file__).parent / "results" / "cluster.json"
PAGES: Final = {"en": "docs/explanation/scale.md", "zh": "docs/zh/explanation/scale.md"}
START, END = "<!-- projected: begin -->", "<!-- projected: end -->"

SIZES: Final = ((10e9, 4), (1e12, 64))
"""Events, and the worker machines chosen for them."""
CORES: Final = 16
EVENTS_AN_ACTOR: Final = 30
"""The shop of the page on performance has 49,999,922 events of 1,695,611 identifiers."""
RUNS_AN_ACTOR: Final = 3
"""Thirty events in visits of about ten, each in a month of its own at most."""
YEAR, MONTH, SHARDS = 365, 30, 64
HOT: Final = 8
"""Bytes of an event that questions read: name 1, time 4, and what a filter or breakdown needs."""
CODES: Final = 2**31
KINDS: Final = {"funnel": "漏斗", "trends": "趋势", "retention": "留存", "paths": "路径"}

Text = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table in English and Chinese: what, how much, and how it comes about."""

    what: Text
    value: Text
    how: Text

    def told(self, language: str) -> str:
        """Return it as markdown."""
        at = list(PAGES).index(language)
        return f"| {self.what[at]} | {self.value[at]} | {self.how[at]} |"


def rounded(number: float) -> str:
    """Return a number with two digits that count, or whole from a hundred on."""
    if number >= 99.5:
        return f"{number:,.0f}"
    if number >= 9.95:
        return f"{number:.0f}"
    return f"{number:.1f}".removesuffix(".0") if number >= 0.95 else f"{number:.2g}"


def scaled(number: float, steps: tuple[tuple[float, str, str], ...]) -> Text:
    """Return a number in the largest unit that it reaches."""
    size, en, zh = next((step for step in steps if number >= step[0]), steps[-1])
    return f"{rounded(number / size)}{en}", f"{rounded(number / size)}{zh}"


def count(number: float) -> Text:
    """Return a number of things."""
    en = scaled(number, ((1e12, " T", ""), (1e9, " B", ""), (1e6, " M", ""), (1, "", "")))[0]
    return en, scaled(number, ((1e12, "", " 万亿"), (1e8, "", " 亿"), (1e4, "", " 万"), (1, "", "")))[1]


def size(number: float) -> Text:
    """Return bytes."""
    return scaled(number, ((1e12, " TB", " TB"), (1e9, " GB", " GB"), (1e6, " MB", " MB"), (1e3, " kB", " kB"), (1, " bytes", " 字节")))  # fmt: skip


def period(seconds: float) -> Text:
    """Return a time."""
    for length, en, zh in (
        (86_400, " days", " 天"),
        (3600, " h", " 小时"),
        (60, " min", " 分钟"),
        (1, " s", " 秒"),
    ):
        if seconds >= 2 * length or (length == 1 and seconds >= 0.95):
            return f"{rounded(seconds / length)}{en}", f"{rounded(seconds / length)}{zh}"
    return f"{rounded(seconds * 1000)} ms", f"{rounded(seconds * 1000)} 毫秒"


def between(low: Text, high: Text) -> Text:
    """Return a range."""
    return f"{low[0]} … {high[0]}", f"{low[1]} … {high[1]}"


def both(template: str, *values: Text) -> Text:
    """Return one formula in both languages."""
    return template.format(*(value[0] for value in values)), template.format(*(value[1] for value in values))


def constants(found: dict[str, Any]) -> Iterator[Line]:
    """Yield what was measured."""
    narrow, wide, asker, worker = found["narrow"], found["wide"], found["asker"], found["worker"]
    shops = (
        f"narrow shop, {narrow['events']:,} events; the demo's, {wide['events']:,}",
        f"较窄的商城 {narrow['events']:,} 条事件；演示商城 {wide['events']:,} 条",
    )
    yield Line(("lake", "数据湖"), _each(narrow["lake"], wide["lake"]), shops)
    yield Line(("columns", "列文件"), _each(narrow["columns"], wide["columns"]), shops)
    yield Line(
        ("links in the lake", "湖中的关联"),
        (f"{wide['links']:.0f} bytes an identifier", f"每个标识 {wide['links']:.0f} 字节"),
        ("the demo's shop", "演示商城"),
    )
    for kind, name in KINDS.items():
        yield Line(
            (f"folding, {kind}", f"归并，{name}"),
            _rate(found["narrow"]["cpu"][kind]),
            ("half a year, narrow shop, one thread", "较窄的商城，半年，单线程"),
        )
    yield Line(("reading and decoding the lake", "读取并解码数据湖"), _rate(wide["read_cpu"]), ("object store on the loopback network", "本机回环上的对象存储"))  # fmt: skip
    yield Line(("making columns", "生成列"), _rate(asker["columns_cpu"]), ("narrow shop, reading included", "较窄的商城，含读取"))  # fmt: skip
    yield Line(("making columns, wide", "生成列（较宽）"), _rate(wide["load_cpu"]), ("the demo's shop, writing the lake included", "演示商城，含写入数据湖"))  # fmt: skip
    yield Line(
        ("persons from nothing", "从零得出用户"),
        (f"{found['identity']['cpu']:.2f} processor seconds a million identifiers", f"每百万标识 {found['identity']['cpu']:.2f} 处理器秒"),
        (f"{found['identity']['actors']:,} identifiers, {found['identity']['links']:,} links", f"{found['identity']['actors']:,} 个标识，{found['identity']['links']:,} 条关联"),
    )  # fmt: skip
    yield Line(
        ("memory of the asker", "提问方的内存"),
        (
            f"{asker['base'] / 1e6:.0f} MB + {asker['actor']:.0f} bytes an identifier + {asker['run']:.0f} a run",
            f"{asker['base'] / 1e6:.0f} MB + 每个标识 {asker['actor']:.0f} 字节 + 每个行段 {asker['run']:.0f} 字节",
        ),
        (
            "what no file backs, of three narrow shops, after four questions",
            "没有文件支撑的内存，较窄商城的三个规模，四个问题之后",
        ),
    )
    yield Line(
        ("memory of a worker", "工作进程的内存"),
        (f"{asker['worker_base'] / 1e6:.0f} MB + {asker['worker_actor']:.0f} bytes an identifier", f"{asker['worker_base'] / 1e6:.0f} MB + 每个标识 {asker['worker_actor']:.0f} 字节"),
        ("beside the empty process, in the same way", "空进程之外，量法相同"),
    )  # fmt: skip
    fixed = [period(worker["fixed"][kind]) for kind in ("funnel", "paths")]
    yield Line(("a question's least time on a worker", "工作进程上一个问题的最短时间"), between(*fixed), ("funnel … paths; one worker has all 64 shards", "漏斗 … 路径；一个工作进程承担 64 个分片"))  # fmt: skip
    yield Line(("round trip to a worker", "与工作进程往返一次"), period(worker["trip"]), ("median of 200", "200 次的中位数"))  # fmt: skip
    for kind, name in KINDS.items():
        yield Line(
            (f"one shard's part, {kind}", f"一个分片的部分结果，{name}"),
            both("{}, {}", size(narrow["part"][kind]), period(narrow["merge"][kind])),
            ("its size, and the time to add it", "大小，以及相加的时间"),
        )


def _each(low: float, high: float) -> Text:
    low, high = sorted((low, high))
    return f"{low:.0f} … {high:.0f} bytes an event", f"每条事件 {low:.0f} … {high:.0f} 字节"


def _rate(cpu: float) -> Text:
    return f"{rounded(cpu)} processor seconds a million events", f"每百万事件 {rounded(cpu)} 处理器秒"


def projected(found: dict[str, Any], events: float, machines: int) -> Iterator[Line]:
    """Yield what so many events, of one year, need on so many worker machines."""
    narrow, wide, asker = found["narrow"], found["wide"], found["asker"]
    actors, cores, all_events = events / EVENTS_AN_ACTOR, machines * CORES, count(events)
    runs, people = actors * RUNS_AN_ACTOR, count(actors)

    def stored(kind: str) -> tuple[Text, Text]:
        low, high = sorted((narrow[kind], wide[kind]))
        how = f"{{}} × {low:.0f} … {high:.0f}"
        return between(size(events * low), size(events * high)), both(how, all_events)

    yield Line(("lake", "数据湖"), *stored("lake"))
    yield Line(("columns, all workers together", "列文件，所有工作进程合计"), *stored("columns"))
    yield Line(
        ("columns again, on each asker's disk", "列文件，每个提问方的磁盘上再一份"), *stored("columns")
    )
    yield Line(("identifiers", "标识"), people, both(f"{{}} / {EVENTS_AN_ACTOR}", all_events))
    held = asker["base"] + actors * asker["actor"] + runs * asker["run"]
    how = f"{{}} × {asker['actor']:.0f} + {{}} × {asker['run']:.0f}"
    yield Line(("memory of each asker", "每个提问方的内存"), _possible(size(held), actors), both(how, people, count(runs)))  # fmt: skip
    cpu = found["identity"]["cpu"]
    yield Line(
        ("persons from nothing, on the asker", "提问方从零得出用户"),
        period(actors / 1e6 * cpu),
        both(f"{{}} × {cpu:.2f} / 1 M", people),
    )
    yield Line(
        ("workers", "工作机器"), both(f"{machines}"), (f"chosen; {cores:,} cores", f"选定；共 {cores:,} 核")
    )
    yield Line(
        ("memory of a worker", "每台工作机器的内存"),
        size(asker["worker_base"] + actors / machines * asker["worker_actor"]),
        both(f"{{}} / {machines} × {asker['worker_actor']:.0f}", people),
    )
    hot = events * MONTH / YEAR * HOT / machines
    yield Line(
        ("read of 30 days, a worker", "每台工作机器为 30 天读取"),
        size(hot),
        both(f"{{}} × 30/365 × {HOT} / {machines}", all_events),
    )
    for kind, name in KINDS.items():
        for what, share in ((("the year", "全年"), 1.0), (("30 days", "30 天"), MONTH / YEAR)):
            yield _asked(found, kind, (f"{kind}, {what[0]}", f"{name}，{what[1]}"), events * share, cores)
    reading, making = wide["read_cpu"], asker["columns_cpu"]
    first = events / 1e6 * reading + events / machines / 1e6 * making
    yield Line(
        ("first answer on empty workers", "空的工作进程首次回答"),
        period(first),
        both(
            f"{{}} × {rounded(reading)} + {{}} / {machines} × {rounded(making)}, / 1 M",
            all_events, all_events,
        ),
    )  # fmt: skip
    day = events / YEAR
    yield Line(
        ("keeping up with a day, each worker", "每台工作机器跟上一天的数据"),
        period(day / 1e6 * reading + day / machines / 1e6 * making),
        both(
            f"{{}} × {rounded(reading)} + {{}} / {machines} × {rounded(making)}, / 1 M",
            count(day),
            count(day),
        ),
    )


def _asked(found: dict[str, Any], kind: str, what: Text, events: float, cores: int) -> Line:
    narrow, worker = found["narrow"], found["worker"]
    cpu, least, adding = narrow["cpu"][kind], worker["fixed"][kind], SHARDS * narrow["merge"][kind]
    total = events / 1e6 * cpu / cores + least + adding
    how = f"{{}} × {rounded(cpu)} / 1 M / {cores:,} + {{}} + {{}}"
    return Line(what, period(total), both(how, count(events), period(least), period(adding)))


def _possible(value: Text, actors: float) -> Text:
    if actors <= CODES:
        return value
    return f"**{value[0]}: not possible**", f"**{value[1]}：做不到**"


def limit(found: dict[str, Any]) -> Text:
    """Return where one project ends."""
    events = CODES * EVENTS_AN_ACTOR
    asker = found["asker"]
    held = size(CODES * asker["actor"] + CODES * RUNS_AN_ACTOR * asker["run"])
    return (
        (
            f"Codes of identifiers are 32 bits with a sign: one project ends at {count(CODES)[0]} identifiers, about "
            f"{count(events)[0]} events of this shape, where an asker holds {held[0]}."
        ),
        (
            f"标识的编码是带符号的 32 位：一个项目止于 {count(CODES)[1]} 个标识，按这种形态约 {count(events)[1]} 条事件，"
            f"此时提问方占用 {held[1]}。"
        ),
    )


def page(found: dict[str, Any], language: str) -> str:
    """Return the markdown of one page's tables."""
    at = list(PAGES).index(language)
    made = found["machine"]
    ran = (
        f"Measured {found['at']} on {made['cores']} cores of {made['processor']}, {made['memory']}, Python {made['python']}.",
        f"{found['at']} 实测，{made['cores']} 核 {made['processor']}，内存 {made['memory']}，Python {made['python']}。",
    )[at]
    heads = (("Constant", "Value", "From"), ("常数", "数值", "来源"))[at]
    parts = [_table(heads, constants(found), language), ran]
    for events, machines in SIZES:
        title = (f"### {count(events)[0]} events of one year", f"### 一年 {count(events)[1]} 条事件")[at]
        heads = (("", "Projected", "How"), ("", "推算", "算法"))[at]
        parts += [title, _table(heads, projected(found, events, machines), language)]
    return "\n\n".join([*parts, limit(found)[at]])


def _table(heads: tuple[str, ...], lines: Iterator[Line], language: str) -> str:
    return "\n".join([f"| {' | '.join(heads)} |", "|---|---|---|", *(line.told(language) for line in lines)])


def written(text: str, language: str) -> str:
    """Return a page with its tables made anew."""
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    made = page(json.loads(RESULT.read_text("utf-8")), language)
    return f"{before}{START}\n\n{made}\n\n{END}{after}"


def write() -> None:
    """Put the tables into both pages."""
    root = RESULT.parents[2]
    for language, name in PAGES.items():
        file = root / name
        file.write_text(written(file.read_text("utf-8"), language), "utf-8")
