"""Reading single cells: numbers, amounts, dates as shops write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from math import isfinite
from typing import Any, Final, Literal, TypeAlias

from tidewheel.collect.problems import Refused
from tidewheel.collect.times import ms_of, read_time

ColumnKind: TypeAlias = Literal["text", "number", "flag", "time"]
DateOrder: TypeAlias = Literal["dmy", "mdy"]

MISSING: Final = frozenset({"", "\\N", "NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "#N/A", "-", "--"})
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_ID_LIKE: Final = re.compile(r"[+-]?0\d|\+|\d{16,}")
_MONEY: Final = re.compile(
    r"[+-]?[¥￥$€£]?\s*[+-]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)?(?:\.\d*)?\s*(?:元|CNY|RMB)?", re.IGNORECASE
)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?))?")
_ROUNDED: Final = re.compile(r"\d(?:\.\d+)?[eE]\+\d{2}")
_SERIAL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (a wall clock)
_FLAGS: Final = {"true": True, "false": False}


def is_missing(value: Any) -> bool:
    """Tell whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and value.strip() in MISSING) or value != value  # noqa: PLR0124


def looks_like_data(cell: str) -> bool:
    """Tell whether a cell of the first row is data rather than a heading."""
    text = cell.strip()
    return bool(
        (_NUMBER.fullmatch(text) and len(text) > 1)
        or read_when(text, UTC, "dmy") is not None
        or "@" in text
        or text.lower() in _FLAGS
    )


def read_when(value: Any, zone: tzinfo, order: DateOrder | None = None) -> int | None:
    """Return UTC milliseconds of a date or time in a file, or None.

    Numbers from 20000 to 80000 are days of a spreadsheet (1954 to 2119): as seconds they would be in 1970.
    Eight digits are year, month, day.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    if isinstance(value, datetime | bool):
        return read_time(value, zone)
    if isinstance(value, int | float):
        if not isfinite(value):
            return None
        value = str(int(value)) if value == int(value) else repr(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if (
        text[:5].replace(".", "").isdigit()
        and len(text) <= 20
        and _NUMBER.fullmatch(text)
        and "," not in text
    ):
        number = float(text)
        if 20_000 <= number < 80_000:
            moment = _SERIAL_ZERO + timedelta(seconds=round(number * 86_400))
            return ms_of(moment.replace(tzinfo=zone))
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if order is None and first <= 12 and second <= 12 and first != second:
            raise Refused("ambiguous_date", None, text)
        day, month = (first, second) if order == "dmy" or first > 12 else (second, first)
        return read_time(f"{found[3]}-{month}-{day} {found[4] or '0:00'}", zone)
    return read_time(text, zone)


def read_as(value: Any, kind: ColumnKind, zone: tzinfo) -> Any:
    """Return the JSON value or moment of a cell of a column of this kind; None when it is empty.

    A cell that does not fit its column stays text: values are never bent to fit.
    """
    if not isinstance(value, str):
        value = _native(value, zone)
        return str(value) if kind == "text" and type(value) in (int, float) else value
    text = value.strip()
    if text in MISSING and (kind != "text" or text in ("", "\\N", "NULL", "null")):
        return None
    if kind == "number":
        return read_number(text)
    if kind == "flag":
        return _FLAGS.get(text.lower(), text)
    if kind == "time":
        ms = read_time(text, zone)
        return text if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
    return text


def read_number(text: str) -> int | float | str:
    """Return the number a text is, or the text."""
    if not _NUMBER.fullmatch(text) or _ID_LIKE.match(text):
        return text
    plain = text.replace(",", "")
    number = int(plain) if plain.lstrip("-").isdigit() else float(plain)
    return number if isinstance(number, int) or isfinite(number) else text


def read_fen(value: Any, unit: Literal["yuan", "fen"], column: str) -> int | None:
    """Return an amount in fen; None when the cell is empty."""
    if is_missing(value):
        return None
    text = repr(value) if isinstance(value, float) else str(value).strip()
    if isinstance(value, bool) or not (_MONEY.fullmatch(text) or isinstance(value, int | float | Decimal)):
        raise Refused("not_money", column, text, "1299.50")
    cleaned = re.sub(r"[¥￥$€£,，\s元]|CNY|RMB", "", text, flags=re.IGNORECASE)
    try:
        amount = Decimal(cleaned)
        if unit == "yuan":
            return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError, OverflowError):
        raise Refused("not_money", column, text, "1299.50") from None
    if amount != amount.to_integral_value():
        raise Refused("not_whole_fen", column, text, "29950")
    return int(amount)


def kind_of_column(name: str, values: list[Any]) -> ColumnKind:
    """Return what the cells of a column are, told by all the values in a sample."""
    texts = [value.strip() for value in values if isinstance(value, str) and not is_missing(value)]
    others = [value for value in values if not isinstance(value, str) and not is_missing(value)]
    if names_an_id(name):
        return "text"
    if others and not texts:
        if all(isinstance(value, bool) for value in others):
            return "flag"
        if all(isinstance(value, datetime) for value in others):
            return "time"
        return "number" if all(isinstance(value, int | float | Decimal) for value in others) else "text"
    if not texts:
        return "text"
    if all(not isinstance(read_number(text), str) for text in texts):
        return "number"
    if all(text.lower() in _FLAGS for text in texts):
        return "flag"
    if all(":" in text and len(text) >= 12 and read_time(text, UTC) is not None for text in texts):
        return "time"
    return "text"


def names_an_id(name: str) -> bool:
    """Tell whether a heading names codes, which are text even when they are digits."""
    lower = name.lower()
    return lower.endswith(("id", "_no", "code", "sku", "spu", "phone", "mobile", "barcode", "zip")) or any(
        word in name
        for word in ("编号", "编码", "单号", "卡号", "手机", "电话", "条码", "货号", "邮编", "券码", "工号")
    )


def is_rounded(value: Any) -> bool:
    """Tell whether a spreadsheet has turned an identifier into 1.38E+10."""
    if isinstance(value, float):
        return abs(value) >= 2**53
    return isinstance(value, str) and bool(_ROUNDED.fullmatch(value.strip()))


def _native(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, date | timedelta):
        return str(value)
    if isinstance(value, Decimal):
        number = float(value)
        return int(value) if value == value.to_integral_value() else number
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return None if value != value else value  # noqa: PLR0124
