"""Identifiers as they are sent, and as they are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tidewheel.collect.identifiers import is_anonymous, read_who
from tidewheel.collect.problems import Refused


def read(who: dict[str, Any]) -> tuple[list[str], list[str]]:
    left_out: list[str] = []
    return read_who(who, lambda _, field, __: left_out.append(field)), left_out


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("phone", "13800138000", "phone:+8613800138000"),
        ("phone", "+86 138-0013-8000", "phone:+8613800138000"),
        ("phone", "008613800138000", "phone:+8613800138000"),
        ("phone", 13800138000, "phone:+8613800138000"),
        ("phone", 13800138000.0, "phone:+8613800138000"),
        ("phone", "+1 (415) 555-0100", "phone:+14155550100"),
        ("email", " Li.Lei@Example.COM ", "email:li.lei@example.com"),
        ("openid", "wx123/oABC", "openid:wx123/oABC"),
        ("device", "ABC:d", "device:ABC:d"),
        ("user", 10**20, "user:100000000000000000000"),
    ],
)
def test_kept(kind: str, sent: Any, kept: str) -> None:
    assert read({kind: sent}) == ([kept], [])


@pytest.mark.parametrize(
    "junk",
    ["null", "NULL", "undefined", "0", "-", "NaN", "anonymous", "00000000-0000-0000-0000-000000000000", "游客", "(not set)",
     "[object Object]", "none"],
)  # fmt: skip
def test_placeholders_are_nobody(junk: str) -> None:
    with pytest.raises(Refused) as caught:
        read({"user": f" {junk} "})
    assert caught.value.code == "junk_identifier"
    assert read({"user": junk, "device": "d"}) == (["device:d"], ["who.user"])


def test_a_phone_of_one_digit_is_nobody() -> None:
    assert read({"phone": "11111111111", "device": "d"}) == (["device:d"], ["who.phone"])
    assert read({"phone": "138****0001", "user": "小**", "device": "d"}) == (
        ["device:d"],
        ["who.phone", "who.user"],
    )
    assert read({"user": "1"}) == (["user:1"], [])


def test_strongest_first() -> None:
    assert read({"cookie": "c", "device": "d", "openid": "o", "user": "u"})[0] == [
        "user:u",
        "openid:o",
        "device:d",
        "cookie:c",
    ]


def test_several_of_a_type() -> None:
    names, left_out = read({"device": ["b", "a", "b", "unknown"], "user": "u1"})
    assert names == ["user:u1", "device:a", "device:b"]
    assert left_out == ["who.device"]
    with pytest.raises(Refused):
        read({"device": [["a"]]})


@pytest.mark.parametrize(
    ("value", "made_up"),
    [
        ("01a20049-087b-7e8d-a8f1-406d5f295ff4", True),
        ("anon-1", True),
        ("$device:abc", True),
        ("1a2004481c457e-0d1ae8b8-17525636-1296000-1a2004481c5a13", True),
        ("u_1001", False),
        ("13800138000", False),
        ("a@b.c", False),
        ("anon", False),
    ],
)
def test_ids_that_clients_make_up(value: str, *, made_up: bool) -> None:
    assert is_anonymous(value) is made_up
