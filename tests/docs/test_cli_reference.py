"""The pages of the command line are written from its help, in both languages."""

from __future__ import annotations

import pytest

from tidewheel.core.text import LANGUAGES, Language
from tools import kinds_table
from tools.cli_reference import PAGES, page, texts, translation


def test_every_text_is_translated() -> None:
    """And none is left over: ``src/tidewheel/serve/cli/help_zh.toml`` is the one table."""
    chinese = translation("zh")
    assert not texts() - set(chinese), "translate these in src/tidewheel/serve/cli/help_zh.toml"
    assert not set(chinese) - texts(), "no command says these any more"


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_up_to_date(language: str) -> None:
    assert PAGES[language].read_text("utf-8") == page(language), "run `make reference`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_kinds_is_up_to_date(language: Language) -> None:
    assert kinds_table.PAGES[language].read_text("utf-8") == kinds_table.page(language), (
        "run `make reference`"
    )
