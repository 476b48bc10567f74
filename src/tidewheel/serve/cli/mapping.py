"""Flags of ``tidewheel import`` laid over a guessed mapping."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from tidewheel.core.errors import BadInput
from tidewheel.core.identity_rules import is_type_name
from tidewheel.core.ids import IDENTIFIER_TYPES
from tidewheel.core.text import Text


@dataclass(frozen=True, slots=True)
class Flags:
    """What was said about columns on the command line."""

    who: list[str] | None = None
    what: str | None = None
    when: str | None = None
    items: list[str] | None = None
    field: list[str] | None = None
    money: list[str] | None = None
    exclude: list[str] | None = None
    id: str | None = None
    zone: str | None = None
    date_order: str | None = None
    sheet: str | None = None

    def given(self) -> bool:
        """Say whether anything was said."""
        return any(part is not None for part in astuple(self))


def mapping_of(flags: Flags, guess: dict[str, Any]) -> dict[str, Any]:
    """Return the guess with what was said in its place."""
    said = {name: getattr(flags, name) for name in ("what", "when", "id", "zone", "date_order", "sheet")}
    found = {**guess, **{name: value for name, value in said.items() if value is not None}}
    if flags.who is not None:
        found["who"] = dict(_identifier(text, guess["who"]) for text in flags.who)
    if flags.items is not None:
        whole = len(flags.items) == 1 and "=" not in flags.items[0]
        found["items"] = flags.items[0] if whole else _pairs(flags.items, "--items")
    if flags.field is not None:
        found["fields"] = {**guess["fields"], **_pairs(flags.field, "--field")}
    if flags.money is not None:
        found["money"] = {**guess["money"], **_pairs(flags.money, "--money")}
    if flags.exclude is not None:
        found["exclude"] = flags.exclude
    return found


def _identifier(text: str, guessed: dict[str, str]) -> tuple[str, str]:
    kind, sign, column = text.partition("=")
    if sign and is_type_name(kind) and text not in guessed.values():
        return kind, column
    if text.lower() in IDENTIFIER_TYPES:
        return text.lower(), text
    for guess, name in guessed.items():
        if name == text:
            return guess, name
    raise BadInput(
        "which_identifier",
        Text("Say what kind of identifier {column} holds.", "请说明 {column} 是哪一类标识。"),
        field="--who",
        got=text,
        expected=list(IDENTIFIER_TYPES),
        hint=Text("For instance --who user={column}", "例如 --who user={column}"),
        column=text,
    )


def _pairs(texts: list[str], flag: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name or not value:
            raise BadInput(
                "bad_pair",
                Text("{got} is not NAME=COLUMN.", "{got} 不是 名称=列 的形式。"),
                field=flag,
                got=text,
                expected="price=单价",
            )
        found[name] = value
    return found
