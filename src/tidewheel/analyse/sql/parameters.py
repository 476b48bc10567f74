"""Parameters of a query: bound as values, never put into its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from tidewheel.analyse.question import Model
from tidewheel.core.errors import BadInput, nearest
from tidewheel.core.period import Calendar
from tidewheel.core.text import Text

ParameterKind: TypeAlias = Literal["text", "number", "flag", "date", "time", "list"]
Given: TypeAlias = str | bool | float | list[str] | None
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")]


class Parameter(Model):
    """A value the query takes as ``$name``. ``default`` is used when none is given."""

    name: Name
    kind: ParameterKind = "text"
    default: Given = None


def bind(
    wanted: frozenset[str], declared: Iterable[Parameter], given: Mapping[str, Given], calendar: Calendar
) -> dict[str, Any]:
    """Return a value of the declared kind for every parameter of a query."""
    known = {parameter.name: parameter for parameter in declared}
    for name in given:
        if name not in wanted:
            raise _not_in_query(name, wanted)
    found: dict[str, Any] = {}
    for name in sorted(wanted):
        if name.isdigit():
            raise BadInput(
                "sql_parameter_unnamed",
                Text("Parameters need names.", "参数需要名称。"),
                field="sql",
                expected="$name",
                hint=Text("Write $name instead of ? or $1.", "请写 $名称，不要写 ? 或 $1。"),
            )
        parameter = known.get(name)
        value = given.get(name, parameter.default if parameter else None)
        if value is None and name not in given and (parameter is None or parameter.default is None):
            raise BadInput(
                "sql_parameter_missing",
                Text("The parameter {name} has no value.", "参数 {name} 没有值。"),
                field=f"parameters.{name}",
                expected=parameter.kind if parameter else "text",
                hint=Text("Give it one, or a default.", "请填写参数值或设默认值。"),
                name=name,
            )
        found[name] = value if parameter is None or value is None else _typed(parameter, value, calendar)
    return found


def _typed(parameter: Parameter, value: Given, calendar: Calendar) -> Any:
    kind = parameter.kind
    try:
        if kind == "text":
            return _text(value)
        if kind == "number":
            number = (
                float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
            )
            if number is not None and abs(number) != float("inf") and number == number:  # noqa: PLR0124 - NaN
                return int(number) if number.is_integer() and abs(number) < 2**53 else number
        elif kind == "flag":
            if isinstance(value, bool) or value in {"true", "false"}:
                return value in {True, "true"}
        elif kind == "list":
            return [_text(one) for one in value] if isinstance(value, list) else _text(value).split(",")
        elif kind == "date":
            return date.fromisoformat(_text(value))
        else:
            moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", _text(value)))
            return moment if moment.tzinfo else moment.replace(tzinfo=calendar.tz())
    except (ValueError, TypeError, OverflowError):
        pass
    raise BadInput(
        "sql_parameter_value",
        Text("The parameter {name} is not a {kind}.", "参数 {name} 的值不是 {kind} 类型。"),
        field=f"parameters.{parameter.name}",
        got=value,
        expected=_EXAMPLES[kind],
        name=parameter.name,
        kind=kind,
    )


_EXAMPLES: dict[ParameterKind, str] = {
    "text": "ads",
    "number": "9.5",
    "flag": "true",
    "date": "2026-11-21",
    "time": "2026-11-21T10:00:00+08:00",
    "list": "ads,live",
}


def _text(value: Given) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _not_in_query(name: str, wanted: frozenset[str]) -> BadInput:
    near = nearest(name, wanted)
    return BadInput(
        "sql_parameter_unknown",
        Text("The query has no parameter {name}.", "查询中没有参数 {name}。"),
        field=f"parameters.{name}",
        got=name,
        expected=sorted(wanted),
        hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
        name=name,
        near=near,
    )
