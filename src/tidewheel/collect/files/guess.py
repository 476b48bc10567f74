"""Guessing what columns mean, from their headings and values, with a reason for each guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel

from tidewheel.collect.files.cells import ColumnKind, is_missing, kind_of_column, read_when
from tidewheel.collect.files.contract import KINDS, ImportKind
from tidewheel.collect.files.headings import ITEMS, WHAT, WHEN, WHO, plain, unit_in
from tidewheel.collect.files.mapping import Mapping, Unit
from tidewheel.collect.files.readers import Row
from tidewheel.collect.files.template import Template, fitting
from tidewheel.collect.problems import Refused
from tidewheel.collect.times import zone_of
from tidewheel.collect.values import MONEY
from tidewheel.core.text import LANGUAGES, Text

_VALUES: Final[tuple[tuple[str, re.Pattern[str], Text], ...]] = (
    ("phone", re.compile(r"(?:\+?86)?1[3-9]\d{9}"), Text("the values are mobile numbers", "取值是手机号")),
    (
        "email",
        re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
        Text("the values are e-mail addresses", "取值是邮箱地址"),
    ),
    (
        "openid",
        re.compile(r"(?:wx[0-9a-f]{16}/)?o[A-Za-z0-9_-]{27}"),
        Text("the values look like openids", "取值像 openid"),
    ),
    (
        "device",
        re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
        Text("the values are UUIDs", "取值是 UUID"),
    ),
)
_TEMPLATE: Final = Text('the template "{title}" says so', "模板“{title}”这样规定")
_HEADED: Final = Text('the heading is "{heading}"', "表头是“{heading}”")
_DATES: Final = Text("the values are dates", "取值是日期时间")
_FEW_WORDS: Final = Text("the values are a few repeated words", "取值是少数几个重复的词")
_UNIT_NAMED: Final = Text("the heading names the unit", "表头写明了单位")
_DECIMALS: Final = Text("the amounts have decimals", "金额带小数")
_NATIVE_NAME: Final = Text("whole numbers under the native name are fen", "原生字段名下的整数按分计")
_PLAIN_AMOUNT: Final = Text(
    "amounts in exports are yuan unless they say otherwise", "导出表中的金额默认以元为单位"
)
_DAY_OVER_12: Final = Text("a value has a day over 12 in this place", "有取值在该位置大于 12，只能是日")


class Reason(BaseModel):
    """Why a column was guessed to have a role."""

    role: str
    column: str
    en: str
    zh: str


class Guess(BaseModel):
    """A mapping that fits the file as far as can be told, and why."""

    mapping: Mapping
    reasons: list[Reason]


def kinds_of(columns: Sequence[str], rows: Sequence[Row]) -> dict[str, ColumnKind]:
    """Return what the cells of each column are."""
    return {name: kind_of_column(name, [row.cells.get(name) for row in rows]) for name in columns}


def guess(
    columns: Sequence[str], rows: Sequence[Row], kind: ImportKind, zone: str, types: Iterable[str] = WHO
) -> Guess:
    """Guess a mapping from headings and the values of the first rows; a template that fits them goes first.

    ``types`` are the types of identifiers there are; one of the project's own is known by its name as heading.
    """
    template = fitting(columns, kind.name)
    if template is not None:
        return _by_template(template, columns, rows)
    found = _Guesser(columns, rows, kind, zone, types).guess()
    return found.model_copy(update={"mapping": kind.refine(found.mapping, rows)})


def _by_template(template: Template, columns: Sequence[str], rows: Sequence[Row]) -> Guess:
    mapping = template.mapping(columns)
    named = {place: column for place, column in mapping.columns().items() if not place.startswith("money.")}
    words = {spoken: _TEMPLATE.say(spoken, title=template.title[spoken]) for spoken in LANGUAGES}
    reasons = [
        Reason(role=place, column=column, en=words["en"], zh=words["zh"]) for place, column in named.items()
    ]
    kind = KINDS.get(template.kind)
    for column, name in money_columns(mapping, kind()).items():
        samples = [row.cells.get(column) for row in rows if not is_missing(row.cells.get(column))]
        mapping.money[column] = guess_unit(column, name, samples)[0]
    return Guess(mapping=mapping, reasons=reasons)


class _Guesser:
    def __init__(
        self, columns: Sequence[str], rows: Sequence[Row], kind: ImportKind, zone: str, types: Iterable[str]
    ) -> None:
        own = {name: (plain(name),) for name in types if name not in WHO}
        self.headings = {**own, **WHO}
        self.columns, self.kind, self.zone = list(columns), kind, zone_of(zone)
        self.samples = {
            name: [row.cells.get(name) for row in rows if not is_missing(row.cells.get(name))]
            for name in columns
        }
        self.free = dict.fromkeys(columns)
        self.reasons: list[Reason] = []
        self.mapping = Mapping()

    def guess(self) -> Guess:
        for name, field in self.kind.fields.items():
            self.fields(name, (plain(name), *field.headings), item=field.item)
        if "who" in self.kind.guesses:
            self.who()
        if "when" in self.kind.guesses:
            self.when()
        if "what" in self.kind.guesses:
            self.what()
            self.items()
        self.money()
        return Guess(mapping=self.mapping, reasons=self.reasons)

    def take(self, role: str, column: str, reason: Text) -> str:
        self.free.pop(column, None)
        words = Text(reason.en.replace("{heading}", column), reason.zh.replace("{heading}", column))
        self.reasons.append(Reason(role=role, column=column, en=words.en, zh=words.zh))
        return column

    def headed(self, headings: Sequence[str], fits: Callable[[list[Any]], bool] = bool) -> str | None:
        by_name: dict[str, str] = {}
        for name in self.free:
            by_name.setdefault(plain(name), name)
        for heading in headings:
            column = by_name.get(heading)
            if column is not None and (fits(self.samples[column]) or not self.samples[column]):
                return column
        return None

    def fields(self, name: str, headings: Sequence[str], *, item: bool) -> None:
        column = self.headed(headings)
        if column is None:
            return
        self.take(f"{'items' if item else 'fields'}.{name}", column, _HEADED)
        if item:
            known = self.mapping.items if isinstance(self.mapping.items, dict) else {}
            self.mapping.items = known | {name: column}
        else:
            self.mapping.fields[name] = column

    def who(self) -> None:
        for kind, headings in self.headings.items():
            column = self.headed(headings)
            if column is not None:
                self.mapping.who[kind] = self.take(f"who.{kind}", column, _HEADED)
        for kind, pattern, reason in _VALUES:
            if kind in self.mapping.who:
                continue
            for name in list(self.free):
                values = [str(value).strip().removesuffix(".0") for value in self.samples[name]]
                if values and sum(bool(pattern.fullmatch(value)) for value in values) >= 0.9 * len(values):
                    self.mapping.who[kind] = self.take(f"who.{kind}", name, reason)
                    break

    def when(self) -> None:
        column = self.headed(WHEN, lambda values: self.are_times(values, 0.5))
        reason = _HEADED
        if column is None:
            column, reason = (
                next((name for name in self.free if self.are_times(self.samples[name])), None),
                _DATES,
            )
        if column is not None:
            self.mapping.when = self.take("when", column, reason)
            self.date_order(column)

    def are_times(self, values: list[Any], share: float = 0.9) -> bool:
        return bool(values) and sum(self.is_time(value) for value in values) >= share * len(values)

    def is_time(self, value: Any) -> bool:
        try:
            ms = read_when(value, self.zone, None)
        except Refused:
            return True
        return ms is not None and 631_152_000_000 < ms < 4_102_444_800_000  # 1990 to 2100

    def date_order(self, column: str) -> None:
        for value in self.samples[column]:
            found = re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}", str(value).strip())
            if found and (int(found[1]) > 12 or int(found[2]) > 12):
                self.mapping.date_order = "dmy" if int(found[1]) > 12 else "mdy"
                self.take("date_order", column, _DAY_OVER_12)
                return

    def what(self) -> None:
        column = self.headed(WHAT)
        reason = _HEADED
        if column is None:
            for name in self.free:
                values = self.samples[name]
                words = {str(value) for value in values}
                if 1 < len(words) <= 50 and len(words) * 4 <= len(values) and all(map(_is_word, words)):
                    column, reason = name, _FEW_WORDS
                    break
        if column is not None:
            self.mapping.what = self.take("what", column, reason)

    def items(self) -> None:
        column = self.headed(ITEMS, lambda values: all(_is_json_list(value) for value in values))
        if column is not None:
            self.mapping.items = self.take("items", column, _HEADED)

    def money(self) -> None:
        targets = money_columns(self.mapping, self.kind)
        targets |= {name: name for name in self.free if name in MONEY or unit_in(name)}
        for column, name in targets.items():
            unit, reason = guess_unit(column, name, self.samples[column])
            self.mapping.money[column] = unit
            self.take(f"money.{column}", column, reason)


def money_columns(mapping: Mapping, kind: ImportKind) -> dict[str, str]:
    """Return {column: property} of the mapped columns that the kind knows to be money."""
    named = mapping.fields | (mapping.items if isinstance(mapping.items, dict) else {})
    return {column: name for name, column in named.items() if name in kind.fields and kind.fields[name].money}


def guess_unit(column: str, name: str, values: Sequence[Any]) -> tuple[Unit, Text]:
    """Tell whether amounts are yuan or fen, and why."""
    named = unit_in(column)
    if named:
        return ("fen" if named == "fen" else "yuan"), _UNIT_NAMED
    texts = [str(value).removesuffix(".0") for value in values if not isinstance(value, bool)]
    if any("." in text for text in texts):
        return "yuan", _DECIMALS
    return ("fen", _NATIVE_NAME) if column == name else ("yuan", _PLAIN_AMOUNT)


def _is_word(text: str) -> bool:
    return len(text) <= 40 and text.replace("_", "").isalpha()


def _is_json_list(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, str) and value.lstrip().startswith("["))
