"""What the interface says, by key, in the language under test."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from tests.e2e.server import ROOT

LANGUAGES = ("zh-CN", "en")
_TEXT = ROOT / "web" / "src" / "text"


@cache
def _book(language: str, name: str) -> dict[str, Any]:
    return json.loads((_TEXT / language / f"{name}.json").read_text("utf-8"))


class Words:
    """``words("home.today")`` is the text of key ``today`` of the book ``home``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.english = language == "en"

    def __call__(self, key: str, **values: object) -> str:
        book, *path = key.split(".")
        text: Any = _book(self.language, book)
        for part in path:
            text = text[part]
        for name, value in values.items():
            text = text.replace(f"{{{{{name}}}}}", str(value))
        assert "{{" not in text, f"{key} needs values: {text}"
        return text

    def like(self, key: str) -> re.Pattern[str]:
        """Return a pattern that the text of a key fits, whatever its values are."""
        book, *path = key.split(".")
        text: Any = _book(self.language, book)
        for part in path:
            text = text[part]
        return re.compile(re.sub(r"\\\{\\\{\w+\\\}\\\}", "(.+)", re.escape(text)))
