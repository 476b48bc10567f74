"""Says in two languages what a model did not like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from tidewheel.core.errors import BadInput, Unfit, nearest, shorten
from tidewheel.core.text import Text

_PLACES: Final = {"body", "query", "path", "header", "cookie"}

# pydantic's error types; marks are filled from its context
_SENTENCES: Final[dict[str, Text]] = {
    "missing": Text("{field} is missing.", "缺少 {field}。"),
    "extra_forbidden": Text("There is no field named {field}.", "没有名为 {field} 的字段。"),
    "literal_error": Text("{field} must be one of {expected}.", "{field} 必须是 {expected} 之一。"),
    "enum": Text("{field} must be one of {expected}.", "{field} 必须是 {expected} 之一。"),
    "string_type": Text("{field} must be text.", "{field} 必须是文本。"),
    "string_too_short": Text("{field} is too short (at least {min_length}).", "{field} 太短（至少 {min_length} 个字符）。"),
    "string_too_long": Text("{field} is too long (at most {max_length}).", "{field} 太长（最多 {max_length} 个字符）。"),
    "string_pattern_mismatch": Text("{field} must look like {pattern}.", "{field} 必须符合 {pattern}。"),
    "string_unicode": Text("{field} is not valid Unicode text.", "{field} 不是合法的 Unicode 文本。"),
    "bool_type": Text("{field} must be true or false.", "{field} 必须是 true 或 false。"),
    "bool_parsing": Text("{field} must be true or false.", "{field} 必须是 true 或 false。"),
    "int_type": Text("{field} must be a whole number.", "{field} 必须是整数。"),
    "int_parsing": Text("{field} must be a whole number.", "{field} 必须是整数。"),
    "int_from_float": Text("{field} must be a whole number.", "{field} 必须是整数。"),
    "float_type": Text("{field} must be a number.", "{field} 必须是数字。"),
    "float_parsing": Text("{field} must be a number.", "{field} 必须是数字。"),
    "finite_number": Text("{field} must be a finite number.", "{field} 必须是有限的数字。"),
    "greater_than": Text("{field} must be greater than {gt}.", "{field} 必须大于 {gt}。"),
    "greater_than_equal": Text("{field} must be at least {ge}.", "{field} 不能小于 {ge}。"),
    "less_than": Text("{field} must be less than {lt}.", "{field} 必须小于 {lt}。"),
    "less_than_equal": Text("{field} must be at most {le}.", "{field} 不能大于 {le}。"),
    "too_short": Text("{field} needs at least {min_length} entries.", "{field} 至少需要 {min_length} 项。"),
    "too_long": Text("{field} may have at most {max_length} entries.", "{field} 最多 {max_length} 项。"),
    "list_type": Text("{field} must be a list.", "{field} 必须是数组。"),
    "tuple_type": Text("{field} must be a list.", "{field} 必须是数组。"),
    "dict_type": Text("{field} must be an object.", "{field} 必须是对象。"),
    "model_type": Text("{field} must be an object.", "{field} 必须是对象。"),
    "model_attributes_type": Text("{field} must be an object.", "{field} 必须是对象。"),
    "date_from_datetime_parsing": Text("{field} must be a date like 2026-11-21.", "{field} 必须是形如 2026-11-21 的日期。"),
    "date_parsing": Text("{field} must be a date like 2026-11-21.", "{field} 必须是形如 2026-11-21 的日期。"),
    "date_from_datetime_inexact": Text("{field} must be a date like 2026-11-21.", "{field} 必须是形如 2026-11-21 的日期。"),
    "date_type": Text("{field} must be a date like 2026-11-21.", "{field} 必须是形如 2026-11-21 的日期。"),
    "uuid_parsing": Text("{field} must be a UUID.", "{field} 必须是 UUID。"),
    "json_invalid": Text("The body is not valid JSON: {error}.", "请求体不是合法的 JSON：{error}。"),
    "value_error": Text("{field}: {error}.", "{field}：{error}。"),
}  # fmt: skip
_OTHER: Final = Text("{field} cannot be used: {error}.", "{field} 无法使用：{error}。")
_NOISE: Final = {"extra_forbidden", "missing", "model_type", "model_attributes_type"}


def explain(errors: Sequence[Any]) -> BadInput:
    """Turn pydantic's errors into ours; the first one of the likeliest reading is told."""
    error = _likeliest(errors)
    kind: str = error["type"]
    context: dict[str, Any] = dict(error.get("ctx") or {})
    field = _field(error["loc"])
    expected = context.pop("expected", None) or _bounds(context)
    sentence = _SENTENCES.get(kind, _OTHER)
    said = context.pop("error", error["msg"])
    plain = str(said).rstrip(".。")
    reason = said.why if isinstance(said, Unfit) else Text(plain, plain)
    values = {**context, "expected": expected, "field": field or "body"}
    return BadInput(
        "bad_json" if kind == "json_invalid" else "missing_field" if kind == "missing" else "bad_field",
        Text(
            sentence.en.format(**values, error=reason.en),
            sentence.zh.format(**values, error=reason.zh),
        ),
        field=field,
        got=_got(error),
        expected=expected,
        hint=_hint(kind, error, errors),
    )


def why(error: Any) -> Text:
    """Return what is wrong with one value, without saying which one: a clause in both languages."""
    kind, context = str(error["type"]), dict(error.get("ctx") or {})
    said = context.pop("error", error["msg"])
    if isinstance(said, Unfit):
        return said.why
    named = error["loc"][-1] if kind in {"missing", "extra_forbidden"} and error["loc"] else ""
    sentence = _SENTENCES.get(kind, _OTHER)
    values = {"expected": None, **context, "error": str(said).removeprefix("Value error, "), "field": named}
    return Text(*(words.format(**values).strip(" .:。：") for words in (sentence.en, sentence.zh)))


def _likeliest(errors: Sequence[Any]) -> Any:
    """Of the members of a union, prefer the one whose fields were at least there."""
    readings: dict[tuple[str, ...], list[Any]] = {}
    for error in errors:
        member = tuple(str(part) for part in error["loc"][: _member(error["loc"]) + 1])
        readings.setdefault(member, []).append(error)
    fewest = min(readings.values(), key=lambda found: sum(error["type"] in _NOISE for error in found))
    return fewest[0]


def _member(loc: tuple[Any, ...]) -> int:
    """Return where in a location a union's member is named, or -1."""
    return next((index for index, part in enumerate(loc) if _names_a_member(part)), -1)


def _names_a_member(part: Any) -> bool:
    """Say whether a part of a location is pydantic's: a class's name, or ``function-after[…]``."""
    return isinstance(part, str) and (part[:1].isupper() or part.endswith("]"))


def _field(loc: tuple[Any, ...]) -> str | None:
    parts = list(loc[1:] if loc and loc[0] in _PLACES else loc)
    named = [str(part) for part in parts if not _names_a_member(part)]
    return shorten(".".join(named), 120) or None


def _bounds(context: dict[str, Any]) -> str | None:
    signs = {
        "ge": ">=",
        "gt": ">",
        "le": "<=",
        "lt": "<",
        "min_length": ">=",
        "max_length": "<=",
        "pattern": "",
    }
    said = [f"{signs[name]} {value}".strip() for name, value in context.items() if name in signs]
    return ", ".join(said) or None


def _got(error: Any) -> Any:
    """Return what was sent, if it is short enough to be told; never a password."""
    if error["type"] in {"missing", "json_invalid"} or any("password" in str(part) for part in error["loc"]):
        return None
    got = error.get("input")
    if isinstance(got, str | int | float | bool | None):
        return got
    try:
        return shorten(json.dumps(got, ensure_ascii=False, default=str), 200)
    except (TypeError, ValueError):
        return type(got).__name__


def _hint(kind: str, error: Any, errors: Sequence[Any]) -> Text | None:
    if kind != "extra_forbidden":
        return None
    missing = [str(other["loc"][-1]) for other in errors if other["type"] == "missing"]
    near = nearest(str(error["loc"][-1]), missing)
    return Text(f"Did you mean {near}?", f"是不是想写 {near}？") if near else None
