"""Flags of ``tidewheel analyse`` as parts of a question."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

_UNITS: Final = {"s": "second", "min": "minute", "h": "hour", "d": "day", "w": "week", "m": "month"}
_CONDITION: Final = re.compile(r"^([^=!<>~?]+?)\s*(!=|>=|<=|=|>|<|~|\?)\s*(.*)$", re.DOTALL)
_OPERATORS: Final = {
    "=": "is", "!=": "is_not", ">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "~": "contains", "?": "is_set",
}  # fmt: skip


Params = Annotated[
    str | None,
    typer.Option("--params", help="JSON file with parameters, - for standard input; flags are laid over."),
]
Last = Annotated[str | None, typer.Option("--last", help="Period up to now: 30d, 8w, 6m (months), 24h.")]
From = Annotated[str | None, typer.Option("--from", help="First day, such as 2026-11-01.")]
To = Annotated[str | None, typer.Option("--to", help="Last day.")]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        help="Split by a property; item.NAME or person.NAME for theirs; page~/goods/*=>Goods puts values together; repeated.",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only events like channel=paid, value>=10000, city!=杭州; may be repeated."),
]
People = Annotated[
    list[str] | None, typer.Option("--people", help="Only people like city=杭州; may be repeated.")
]
Segments = Annotated[
    list[str] | None, typer.Option("--segment", help="Only people in this segment; repeated: in all of them.")
]
NotSegments = Annotated[
    list[str] | None, typer.Option("--not-segment", help="Only people outside this segment; repeated.")
]
Compare = Annotated[bool, typer.Option("--compare", help="Compare with the period before.")]
Bots = Annotated[bool, typer.Option("--bots", help="Count visits of crawlers and scripts, too.")]
Sample = Annotated[
    float | None,
    typer.Option("--sample", min=0.01, max=100, help="Ask only so many percent of the people."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--people-as-of", help="Who is one person as known then, such as 2026-11-01T00:00+08:00."),
]
Top = Annotated[int | None, typer.Option("--top", min=1, max=200, help="Values of a split that are named.")]


@dataclass(frozen=True, slots=True)
class Common:
    """What every question may be asked with."""

    last: str | None
    first_day: str | None
    last_day: str | None
    by: list[str] | None
    where: list[str] | None
    people: list[str] | None
    compare: bool
    top: int | None
    segments: list[str] | None = None
    not_segments: list[str] | None = None
    bots: bool = False
    as_of: str | None = None
    sample: float | None = None

    def over(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return parameters with the flags laid over them."""
        found = dict(params)
        if self.last:
            n, unit = _amount(self.last, "--last")
            found["period"] = {"last": n, "unit": unit}
        elif self.first_day or self.last_day:
            found["period"] = {"from": self.first_day or self.last_day, "to": self.last_day or self.first_day}
        if self.by:
            found["breakdowns"] = [breakdown(one) for one in self.by]
        if self.where:
            found["filters"] = [condition(one) for one in self.where]
        if self.people:
            found["people"] = {"filters": [condition(one, "person") for one in self.people]}
        for name in ("segments", "not_segments"):
            if getattr(self, name):
                found["people"] = {**(found.get("people") or {}), name: getattr(self, name)}
        if self.compare:
            found["compare"] = [{"period": "previous"}]
        if self.top is not None:
            found["top"] = self.top
        if self.bots:
            found["bots"] = "counted"
        if self.as_of:
            found["identity_as_of"] = self.as_of
        if self.sample is not None:
            found["sample"] = self.sample
        return found


def step(text: str) -> dict[str, Any]:
    """Return a step: ``a|b`` is either event, ``a[x=1][y>2]`` one with conditions."""
    return {"any_of": [_match(part.strip()) for part in text.split("|")]}


def _match(text: str) -> dict[str, Any]:
    name, *rest = re.split(r"\[", text)
    conditions = [part.rstrip().removesuffix("]") for part in rest]
    return {"event": name.strip(), "filters": [condition(part) for part in conditions]}


def measure(text: str) -> dict[str, Any]:
    """Return a measure: ``count``, ``sum:value``, ``sum:item.price*quantity``, ``percentile:95:value``."""
    kind, _, rest = text.partition(":")
    if not rest:
        return {"kind": kind}
    found: dict[str, Any] = {"kind": kind}
    if kind == "percentile" and ":" in rest:
        percent, _, rest = rest.partition(":")
        found["percentile"] = percent
    name, _, times = rest.partition("*")
    found |= {key: value for key, value in breakdown(name).items() if value is not None}
    return {**found, "times": times} if times else found


def breakdown(text: str) -> dict[str, Any]:
    """Return a property and whose it is: ``channel``, ``item.item_id``, ``person.city``.

    Rules that put values together follow: ``page~/goods/*=>goods~/pay/*``.
    """
    text, *rules = text.split("~")
    scope, sign, name = text.partition(".")
    whose = sign and scope in {"event", "item", "person"}
    found: dict[str, Any] = {"property": name, "scope": scope} if whose else {"property": text}
    if rules:
        found["clean"] = [_rule(one) for one in rules]
    return found


def _rule(text: str) -> dict[str, str]:
    pattern, sign, name = text.partition("=>")
    return {"pattern": pattern.strip(), "name": name.strip()} if sign else {"pattern": pattern.strip()}


def condition(text: str, scope: str | None = None) -> dict[str, Any]:
    """Return a condition: ``channel=paid``, ``channel=paid,live``, ``value>=10000``, ``city~州``, ``coupon_id?``."""
    found = _CONDITION.match(text)
    if not found:
        raise BadInput(
            "bad_condition",
            Text("{got} is not a condition.", "{got} 不是条件。"),
            field="--where",
            got=text,
            expected="channel=paid",
            hint=Text("Use one of = != > >= < <= ~ ?", "请使用 = != > >= < <= ~ ? 之一。"),
        )
    name, sign, value = found[1].strip(), found[2], found[3].strip()
    test: dict[str, Any] = {**breakdown(name), "op": _OPERATORS[sign]}
    if scope:
        test["scope"] = scope
    if sign in {"=", "!="} and "," in value:
        test |= {"op": "in" if sign == "=" else "not_in", "value": [_plain(one) for one in value.split(",")]}
    elif sign != "?":
        test["value"] = value if sign == "~" else _plain(value)
    return test


def within(text: str) -> dict[str, Any]:
    """Return a window: ``7d``, ``30min``, ``same-day``, ``same-session``."""
    if text in {"same-day", "same-session"}:
        return {"same": text.removeprefix("same-")}
    return stretch(text, "--within")


def of_step(text: str, steps: int, flag: str) -> tuple[int, str]:
    """Return which step (from 0) something is said of, and what: ``2=30min``."""
    number, _, said = text.partition("=")
    if not (number.strip().isdigit() and 1 <= int(number) <= steps):
        raise BadInput(
            "no_such_step",
            Text("The funnel has {steps} steps.", "该漏斗只有 {steps} 个步骤。"),
            field=flag,
            got=text,
            expected=f"1…{steps}",
            steps=steps,
        )
    return int(number) - 1, said


def stretch(text: str, flag: str) -> dict[str, Any]:
    """Return a length of time: ``7d``, ``30min``."""
    n, unit = _amount(text, flag)
    return {"n": n, "unit": unit}


def _amount(text: str, flag: str) -> tuple[int, str]:
    found = re.fullmatch(r"(\d+)\s*(s|min|h|d|w|m)", text.strip().lower())
    if not found:
        raise BadInput(
            "bad_duration",
            Text("{got} is not a length of time.", "{got} 不是时长。"),
            field=flag,
            got=text,
            expected="45s, 30min, 24h, 7d, 8w, 6m",
        )
    return int(found[1]), _UNITS[found[2]]


def _plain(text: str) -> str | float | bool:
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d+)?", text):
        return float(text)
    return text.strip('"')


def read_params(source: str | None, field: str = "--params") -> dict[str, Any]:
    """Return the JSON object in a file, or on standard input for ``-``; ``field`` is where the file was named."""
    if source is None:
        return {}
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        found: dict[str, Any] = dict(json.loads(text))
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(
            "bad_json",
            Text("{source} is not a JSON object: {error}.", "{source} 不是 JSON 对象：{error}。"),
            field=field,
            source=source,
            error=error,
        ) from error
    return found
