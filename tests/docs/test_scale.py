"""The pages on scale show what the arithmetic makes of the measured constants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.projection import CODES, EVENTS_AN_ACTOR, PAGES, RESULT, count, page, period, size, written

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("language", "name"), PAGES.items())
def test_the_page_is_what_the_constants_give(language: str, name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert written(text, language) == text, "python -m bench.cluster --write"


def test_both_pages_have_the_same_lines() -> None:
    found = json.loads(RESULT.read_text("utf-8"))
    english, chinese = (page(found, language).splitlines() for language in PAGES)
    assert len(english) == len(chinese)


def test_what_cannot_be_is_said() -> None:
    text = page(json.loads(RESULT.read_text("utf-8")), "en")
    ten, thousand = text.split("### ")[1:]
    assert "not possible" not in ten
    assert "not possible" in thousand
    assert CODES * EVENTS_AN_ACTOR > 10e9


def test_numbers_are_told_shortly() -> None:
    assert count(333e6) == ("333 M", "3.3 亿")
    assert count(1e12) == ("1 T", "1 万亿")
    assert size(28e9) == ("28 GB", "28 GB")
    assert period(0.0009) == ("0.9 ms", "0.9 毫秒")
    assert period(90) == ("90 s", "90 秒")
    assert period(9000) == ("2.5 h", "2.5 小时")
