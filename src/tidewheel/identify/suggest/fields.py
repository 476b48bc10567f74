"""What is compared of two people, and how alike it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tidewheel.core.text import Text


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of likeness. ``sql`` compares columns ``…_l`` and ``…_r`` (DuckDB).

    ``m`` is how often two records of one person are so alike, where nothing better could be learned; ``u`` the same of
    two people, where the weight is fixed; ``rare``: the rarer the value, the more it says. ``needs``: another field
    without which the level does not exist.
    """

    name: str
    title: Text
    sql: str
    m: float
    u: float | None = None
    rare: bool = False
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is known of people.

    ``properties``: person properties that may hold it, the best first; ``identifier``: the type whose values hold it;
    ``event``: the event property whose last value does. ``strong``: it tells one person from another. ``silent``: when the field says nothing although both have it.
    ``instead``: the field of a day whose year stands for it where it is not known itself.
    """

    name: str
    title: Text
    levels: tuple[Level, ...]
    properties: tuple[str, ...] = ()
    identifier: str | None = None
    event: str | None = None
    strong: bool = False
    silent: tuple[str, str] | None = None
    instead: str | None = None


SAME: Final = Text("the same", "相同")
DIFFERENT: Final = Text("different", "不同")
_HAN: Final = "[\\x{4E00}-\\x{9FFF}]"


def _slip(name: str, end: int) -> str:
    """Return what is true of texts that one edit tells apart, found out only where one of their ends is the same."""
    left, right = f"{name}_l", f"{name}_r"
    ends = f"left({left}, {end}) = left({right}, {end}) OR right({left}, {end}) = right({right}, {end})"
    return f"CASE WHEN {ends} THEN damerau_levenshtein({left}, {right}) <= 1 ELSE false END"


def _same(name: str, m: float, *, rare: bool = False) -> Level:
    return Level("same", SAME, f"{name}_l = {name}_r", m, rare=rare)


def _other(m: float) -> Level:
    return Level("different", DIFFERENT, "ELSE", m)


_NAME: Final = (
    _same("name", 0.8, rare=True),
    Level(
        "typo",
        Text("one letter differs", "差一个字母"),
        f"least(length(name_l), length(name_r)) >= 5 AND {_slip('name', 1)}"
        f" AND NOT regexp_matches(name_l || name_r, '{_HAN}')",
        0.08,
    ),
    Level(
        "household",
        Text("another given name at the same address", "同一地址，名字不同"),
        "address_l = address_r AND left(name_l, 1) = left(name_r, 1)",
        0.002,
        u=0.2,
        needs="address",
    ),
    Level(
        "one_sign",
        Text("one character differs", "差一个字"),
        f"least(length(name_l), length(name_r)) >= 3 AND {_slip('name', 1)}",
        0.05,
    ),
    _other(0.07),
)
_BIRTHDAY: Final = (
    _same("birthday", 0.9),
    Level(
        "typo",
        Text("one digit differs, or month and day are exchanged", "差一位数字，或月日颠倒"),
        f"({_slip('birthday', 4)})"
        " OR birthday_l = left(birthday_r, 5) || right(birthday_r, 2) || '-' || substr(birthday_r, 6, 2)",
        0.06,
    ),
    Level(
        "partly",
        Text("the same day of another year, or the same month", "月日相同但年份不同，或年月相同"),
        "right(birthday_l, 5) = right(birthday_r, 5) OR left(birthday_l, 7) = left(birthday_r, 7)",
        0.02,
    ),
    _other(0.02),
)
_PHONE: Final = (
    _same("phone", 0.5),
    Level(
        "typo",
        Text("one digit differs, or two are exchanged", "差一位数字，或相邻两位颠倒"),
        _slip("phone", 5),
        0.2,
    ),
    Level(
        "tail", Text("the same last four digits", "后四位相同"), "right(phone_l, 4) = right(phone_r, 4)", 0.02
    ),
    _other(0.28),
)
_EMAIL: Final = (
    _same("email", 0.5),
    Level(
        "name",
        Text("the same name at another host", "邮箱名相同，域名不同"),
        "split_part(email_l, '@', 1) = split_part(email_r, '@', 1) AND length(split_part(email_l, '@', 1)) >= 5",
        0.15,
    ),
    Level(
        "typo",
        Text("one sign differs", "差一个字符"),
        "CASE WHEN left(email_l, 3) = left(email_r, 3)"
        " OR regexp_replace(email_l, '^.{1,4}', '') = regexp_replace(email_r, '^.{1,4}', '')"
        " THEN least(length(email_l), length(email_r)) >= 10 AND damerau_levenshtein(email_l, email_r) <= 1 ELSE false END",
        0.1,
    ),
    _other(0.25),
)
_ADDRESS: Final = (
    _same("address", 0.6, rare=True),
    Level(
        "alike",
        Text("alike", "相近"),
        "CASE WHEN abs(length(address_l) - length(address_r)) <= 8 AND jaro_winkler_similarity(address_l, address_r) >= 0.85"
        " THEN regexp_replace(address_l, '[^0-9]', '', 'g') = regexp_replace(address_r, '[^0-9]', '', 'g') ELSE false END",
        0.15,
    ),
    _other(0.25),
)
FIELDS: Final = (
    Field("name", Text("Name", "姓名"), _NAME, ("name", "real_name"), strong=True),
    Field(
        "nickname",
        Text("Nickname", "昵称"),
        (_same("nickname", 0.5, rare=True), _other(0.5)),
        ("nickname",),
        strong=True,
    ),
    Field(
        "birthday",
        Text("Birthday", "生日"),
        _BIRTHDAY,
        ("birthday", "birth_date", "date_of_birth"),
        strong=True,
    ),
    Field(
        "birth_year",
        Text("Year of birth", "出生年份"),
        (
            _same("birth_year", 0.95),
            Level(
                "typo",
                Text("one year apart", "相差一年"),
                "abs(CAST(birth_year_l AS INTEGER) - CAST(birth_year_r AS INTEGER)) = 1",
                0.02,
            ),
            _other(0.03),
        ),
        ("birth_year",),
        silent=("birthday", "(birthday_l IS NOT NULL AND birthday_r IS NOT NULL)"),
        instead="birthday",
    ),
    Field("phone", Text("Phone", "手机号"), _PHONE, ("phone", "mobile"), "phone", strong=True),
    Field("email", Text("E-mail", "邮箱"), _EMAIL, ("email",), "email", strong=True),
    Field(
        "address", Text("Address", "地址"), _ADDRESS, ("address", "street", "receiver_address"), strong=True
    ),
    Field(
        "city",
        Text("City", "城市"),
        (_same("city", 0.85, rare=True), _other(0.15)),
        ("city",),
        silent=("address", "address_l = address_r"),
    ),
    Field("gender", Text("Gender", "性别"), (_same("gender", 0.98), _other(0.02)), ("gender", "sex")),
    Field(
        "device_model",
        Text("Device model", "设备型号"),
        (_same("device_model", 0.4, rare=True), _other(0.6)),
        event="device_model",
    ),
)
BY_NAME: Final = {field.name: field for field in FIELDS}
