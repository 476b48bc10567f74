"""Answers as tables in the terminal."""

from __future__ import annotations

from typing import Any

from tidewheel.serve.cli.output import Given, heading, language, print_table, remark, say, shown


def show(answer: dict[str, Any]) -> None:
    """Print an answer and what it is compared with."""
    own = {"trends": _trends, "funnel": _funnel, "retention": _retention}.get(answer["kind"])
    for part in (answer, *answer["comparisons"]):
        if part is not answer:
            say(f"\n{part['label']['en']}", f"\n{part['label']['zh']}")
        if own:
            own(part["result"])
        else:
            _figures(part["figures"])
            _lists(part["result"])
    for warning in answer["warnings"]:
        remark(warning["message"]["en"], warning["message"]["zh"])
    made = answer["provenance"]
    until = made["until"]
    remark(
        f"{made['events']:,} events · {made['people']:,} people · {f'data until {until}' if until else 'no data yet'}"
        f" · {made['zone']}",
        f"{made['events']:,} 条事件 · {made['people']:,} 人 · {f'数据截至 {until}' if until else '尚无数据'}"
        f" · {made['zone']}",
    )


def _figures(figures: list[dict[str, Any]]) -> None:
    rows = [
        [_named(one["title"][language()], one["group"]), _formatted(one["value"], one["format"])]
        for one in figures
    ]
    print_table(["", ""], rows)


def _lists(result: dict[str, Any]) -> None:
    """Print each list of plain records in a result as a table."""
    for name, held in result.items():
        records = held if isinstance(held, list) else []
        columns = [
            key
            for key, value in (records[0] if records and isinstance(records[0], dict) else {}).items()
            if not isinstance(value, dict) and not (isinstance(value, list) and key != "group")
        ]
        if columns:
            rows = [
                [_named("", row[key]) if key == "group" else row[key] for key in columns] for row in records
            ]
            print_table(columns, rows, f"\n{name}")


def _formatted(value: float | None, kind: str) -> str | float | None:
    if value is None or kind in {"number", "ratio"}:
        return value
    if kind == "percent":
        return _percent(value)
    return _time(value) if kind == "seconds" else value / 100


def _trends(result: dict[str, Any]) -> None:
    lines = result["lines"]
    columns = ["", *(Given(_named(line["name"], line["group"])) for line in lines)]
    rows = [
        [bucket[:16] + (" …" if unfinished else ""), *(_point(line, at) for line in lines)]
        for at, (bucket, unfinished) in enumerate(zip(result["buckets"], result["incomplete"], strict=True))
    ]
    rows.append([heading("total"), *(_shown(line, line["total"]) for line in lines)])
    print_table(columns, rows)
    if any(line["unusual"] for line in lines):
        remark("! is outside the usual range, which is in brackets", "! 表示超出正常范围，范围在括号内")
    if result["ahead"]:
        coming = [
            [start[:16], *(_coming(line, at) for line in lines)] for at, start in enumerate(result["ahead"])
        ]
        print_table(columns, coming, "forecast" if language() == "en" else "预测")


def _point(line: dict[str, Any], at: int) -> float | str | None:
    value = _shown(line, line["values"][at])
    if at not in line["unusual"]:
        return value
    return f"{shown(value)} ! ({_between(line, line['usual'][at])})"


def _coming(line: dict[str, Any], at: int) -> str | None:
    if not line["ahead"]:
        return None
    found = line["ahead"][at]
    return f"{shown(_shown(line, found['value']))} ({_between(line, found)})"


def _between(line: dict[str, Any], ends: dict[str, float]) -> str:
    return f"{shown(_shown(line, ends['low']))} – {shown(_shown(line, ends['high']))}"


def _shown(line: dict[str, Any], value: float | None) -> float | str | None:
    if value is None or line["format"] == "number":
        return value
    return f"{value * 100:.1f}%" if line["format"] == "percent" else value / 100


def _funnel(result: dict[str, Any]) -> None:
    units = any(step["count"] != step["people"] for group in result["groups"] for step in group["steps"])
    heads = ["step", *(["count"] if units else []), "people", "of all", "of previous", "median time"]
    for group in result["groups"]:
        title = _named("", group["group"]) or None
        rows = [
            [
                _step(step),
                *([step["count"]] if units else []),
                step["people"],
                _percent(step["rate"]),
                _percent(step["rate_from_previous"]),
                _time(step["median_seconds"]),
            ]
            for step in group["steps"]
        ]
        print_table(heads, rows, title)


def _step(step: dict[str, Any]) -> str:
    if not step["optional"]:
        return str(step["name"])
    return f"{step['name']} (optional)" if language() == "en" else f"{step['name']}（可选）"


def _retention(result: dict[str, Any]) -> None:
    for group in result["groups"]:
        rows = [
            [cohort["start"][:10], cohort["people"], *(_figure(figure) for figure in cohort["figures"])]
            for cohort in group["cohorts"]
        ]
        rows.append([heading("mean"), group["people"], *(_figure(figure) for figure in group["mean"])])
        print_table(["", "people", *map(Given, result["columns"])], rows, _named("", group["group"]) or None)


def _figure(figure: dict[str, Any]) -> str:
    return _percent(figure["rate"]) + ("*" if figure["incomplete"] and figure["rate"] is not None else "")


def _named(name: str, group: list[Any] | None) -> str:
    label = " · ".join("(not set)" if part is None else str(part) for part in group or [])
    return " ".join(part for part in (name, label) if part)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate * 100:.1f}%"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
