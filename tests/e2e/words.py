"""What the interface says, by key, in the language under test."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from tests.e2e.server import ROOT
from tidewheel.analyse.run import ANALYSES

LANGUAGES = ("zh-CN", "en")
_TEXT = ROOT / "web" / "src" / "text"
_KINDS = ROOT / "web" / "src" / "pages" / "analyse" / "kinds"


@cache
def _book(language: str, name: str) -> dict[str, Any]:
    kind = name.removeprefix("kind_")
    path = _TEXT / language / f"{name}.json" if kind == name else _KINDS / kind / f"{language}.json"
    return json.loads(path.read_text("utf-8"))


class Words:
    """``words("home.today")`` is the text ``today`` of the book ``home``; ``kind_paths`` is a kind's own book."""

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

    def title(self, kind: str) -> str:
        """Return what a kind of analysis is called."""
        return ANALYSES.get(kind).title.say("en" if self.english else "zh")

    def like(self, key: str) -> re.Pattern[str]:
        """Return a pattern that the text of a key fits, whatever its values are."""
        book, *path = key.split(".")
        text: Any = _book(self.language, book)
        for part in path:
            text = text[part]
        return re.compile(re.sub(r"\\\{\\\{\w+\\\}\\\}", "(.+)", re.escape(text)))
