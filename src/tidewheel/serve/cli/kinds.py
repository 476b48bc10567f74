"""``tidewheel analyse KIND``: a command for each kind of question, its flags made from its parameters."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tidewheel.analyse.form import asked
from tidewheel.analyse.question import Breakdown, Measure, Question, Step
from tidewheel.analyse.run import ANALYSES
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project, single
from tidewheel.serve.cli.question import (
    AsOf,
    Bots,
    By,
    Common,
    Compare,
    From,
    Last,
    NotSegments,
    Params,
    People,
    Sample,
    Segments,
    To,
    Top,
    Where,
    breakdown,
    measure,
    read_params,
    step,
)

Ask = Callable[[str, dict[str, Any], str | None, Path | None, bool], None]
SHARED: dict[str, Any] = {
    "last": Last, "first_day": From, "last_day": To, "by": By, "where": Where, "people": People,
    "segments": Segments, "not_segments": NotSegments,
    "compare": Compare, "bots": Bots, "as_of": AsOf, "sample": Sample,
    "top": Top, "params": Params, "project": Project, "home": Home, "as_json": Json,
}  # fmt: skip
SWITCHES = ("compare", "bots", "as_json")
TAKEN = {
    word
    for hint in SHARED.values()
    for option in get_args(hint)[1:]
    for word in (option.default, *(option.param_decls or ()))  # typer calls the first one its default
}
"""Flags every question has."""
WRITTEN: dict[type, Callable[[str], Any]] = {Step: step, Measure: measure, Breakdown: breakdown}


def commands(ask: Ask) -> dict[str, Any]:
    """Return a command for every kind, by its name."""
    found = {}
    for name, kind in ANALYSES.all().items():
        word = name.replace("_", "-")
        found[word] = single(word, _command(name, kind.Params, ask), kind.description.en)
    return found


def words() -> dict[str, str]:
    """Return the help of these commands in Chinese, by its English text."""
    found: dict[str, str] = {}
    for kind in ANALYSES.all().values():
        found[kind.description.en] = kind.description.zh
        for info in own(kind.Params).values():
            text = help_of(info)
            found[text.en] = text.zh
    return found


def own(params: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the parameters that are a kind's own and have words."""
    return {
        name: info
        for name, info in params.model_fields.items()
        if name not in Question.model_fields and asked(info)
    }


def help_of(info: FieldInfo) -> Text:
    """Return what ``--help`` says of a parameter: its title, what it does, its values."""
    said = asked(info)
    if said is None:
        raise TypeError("A parameter without words has no flag.")
    values = ", ".join(_choices(_plain_type(info.annotation)[0]))
    en, zh = said.title.en, said.title.zh
    if said.help:
        en, zh = f"{en}: {said.help.en.rstrip('.')}", f"{zh}：{said.help.zh.rstrip('。')}"
    return Text(f"{en} ({values})." if values else f"{en}.", f"{zh}（{values}）。" if values else f"{zh}。")


def _command(name: str, params: type[BaseModel], ask: Ask) -> Callable[..., None]:
    own_fields = own(params)

    def run(**given: Any) -> None:
        common = Common(**{one.name: given[one.name] for one in fields(Common)})
        question = common.over(read_params(given["params"]))
        for field, info in own_fields.items():
            value = given[_argument(field)]
            if value is not None and value != []:
                question[field] = _read(_flag(name, field), info, value)
        ask(name, question, given["project"], given["home"], given["as_json"])

    flags = {_argument(field): _option(name, field, info) for field, info in own_fields.items()} | SHARED
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                key,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=hint,
                default=False if key in SWITCHES else None,
            )
            for key, hint in flags.items()
        ]
    )
    run.__annotations__ = {**flags, "return": None}
    return run


def _argument(field: str) -> str:
    return f"own_{field}"


def _flag(kind: str, field: str) -> str:
    """Return the flag of a parameter; one that every question has, too, begins with the kind."""
    own_flag = f"--{field.replace('_', '-')}"
    return f"--{kind.replace('_', '-')}{own_flag[1:]}" if own_flag in TAKEN else own_flag


def _option(kind_name: str, field: str, info: FieldInfo) -> Any:
    plain, many = _plain_type(info.annotation)
    text = help_of(info).en
    flag = _flag(kind_name, field)
    if plain is bool:
        return Annotated[bool | None, typer.Option(f"{flag}/--no-{flag[2:]}", help=text)]
    listed = many and plain in WRITTEN
    kind = list[str] if listed else plain if plain in (int, float) and not many else str
    return Annotated[kind | None, typer.Option(flag, help=text)]


def _read(flag: str, info: FieldInfo, value: Any) -> Any:
    plain, many = _plain_type(info.annotation)
    if plain in WRITTEN:
        return [WRITTEN[plain](one) for one in value] if many else WRITTEN[plain](value)
    if plain in (int, float) and many:
        return [_number(flag, plain, one) for one in value.split(",") if one.strip()]
    if plain in (str, bool, int, float) or _choices(plain):
        return value.split(",") if many else value
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadInput(
            "bad_json",
            Text("{source} is not JSON: {error}.", "{source} 不是 JSON：{error}。"),
            field=flag,
            got=value,
            source=value,
            error=error,
        ) from error


def _number(flag: str, kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise BadInput(
            "bad_number",
            Text("{got} is not a number.", "{got} 不是数字。"),
            field=flag,
            got=text,
            expected="1,3,7",
        ) from None


def _plain_type(hint: Any) -> tuple[Any, bool]:
    """Return a parameter's type without "or none", and whether it is a list of them."""
    if get_origin(hint) is Annotated:
        return _plain_type(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not NoneType]
        if len(parts) == 1:
            return _plain_type(parts[0])
        values = [value for part in parts for value in _choices(part)]
        return (Literal[tuple(values)] if values and all(map(_choices, parts)) else hint), False
    if get_origin(hint) in (tuple, list):
        return _plain_type(get_args(hint)[0])[0], True
    return hint, False


def _choices(hint: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in get_args(hint)) if get_origin(hint) is Literal else ()
