"""Every code has words in both languages and a line in the reference."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from tidewheel.collect import NOTES, REFUSALS, Note, Rejection
from tidewheel.core.text import LANGUAGES

DOCS = Path(__file__).parents[3] / "docs"
SUGGESTED = {
    "suggestion_en": "",
    "suggestion_zh": "",
    "suggestion": 1,
    "when": "then",
    "order": "S1",
    "encoding": "x",
    "event": "purchase",
    "more": "",
}


@pytest.mark.parametrize("code", REFUSALS)
def test_refusals_have_words(code: str) -> None:
    rejection = Rejection(0, code, "who.user", "{got}", ["a", "b"], SUGGESTED)
    for language in LANGUAGES:
        said = rejection.describe(language)
        assert said["message"].endswith((".", "。", "?", "？"))
        assert said["hint"].endswith((".", "。", "?", "？", ")"))


@pytest.mark.parametrize("code", NOTES)
def test_notes_have_words(code: str) -> None:
    for language in LANGUAGES:
        assert Note(0, code, "properties.x", "x", SUGGESTED).describe(language)["message"]


def test_both_languages_name_the_same_values() -> None:
    for problem in [*REFUSALS.values(), *NOTES.values()]:
        for text in (problem.message, problem.hint):
            english, chinese = (
                {
                    name.removesuffix("_en").removesuffix("_zh")
                    for _, name, _, _ in string.Formatter().parse(words)
                    if name
                }
                for words in (text.en, text.zh)
            )
            assert english == chinese


@pytest.mark.parametrize("page", ["reference/events.md", "zh/reference/events.md"])
def test_every_code_is_in_the_reference(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    whole = [
        "empty_body",
        "no_events",
        "not_json",
        "bad_gzip",
        "too_deep",
        "body_too_large",
        "too_many_events",
    ]
    assert [code for code in [*REFUSALS, *NOTES, *whole] if f"`{code}`" not in text] == []
