"""Write the table of the kinds of analysis on the page about asking a question, in both languages.

Usage: ``python -m tools.kinds_table``.
"""

from __future__ import annotations

import re
from pathlib import Path

from tidewheel.analyse.run import ANALYSES
from tidewheel.core.text import LANGUAGES, Language

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES: dict[Language, Path] = {
    "en": DOCS / "reference" / "analyses" / "README.md",
    "zh": DOCS / "zh" / "reference" / "analyses" / "README.md",
}
HEADS: dict[Language, tuple[str, str]] = {
    "en": ("## The kinds", "| Kind | What it answers |"),
    "zh": ("## 各种分析", "| 分析 | 回答什么 |"),
}


def page(language: Language) -> str:
    """Return the page with its table as it has to be."""
    head, columns = HEADS[language]
    rows = [
        f"| [{kind.title.say(language)}]({name}.md) `{name}` | {kind.description.say(language)} |"
        for name, kind in ANALYSES.all().items()
    ]
    table = "\n".join([head, "", columns, "|---|---|", *rows, ""])
    text = PAGES[language].read_text("utf-8")
    return re.sub(
        rf"^{head}\n.*?(?=^## )", lambda _: f"{table}\n", text, count=1, flags=re.MULTILINE | re.DOTALL
    )


if __name__ == "__main__":
    for one in LANGUAGES:
        PAGES[one].write_text(page(one), "utf-8")
