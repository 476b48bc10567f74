"""Every page can be read in both languages, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.pages import DOCS, ROOT, ZH, anchors, pages, prose

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# Decisions are written once, in English: they are for people who change the code.
ENGLISH_ONLY = {"adr"}


def name(page: Path) -> str:
    """Return a page's path for the test's name."""
    return page.relative_to(ROOT).as_posix()


def test_both_languages_have_the_same_pages() -> None:
    english = {page.relative_to(DOCS) for page in DOCS.rglob("*.md") if ZH not in page.parents}
    english = {page for page in english if page.parts[0] not in ENGLISH_ONLY}
    assert {page.relative_to(ZH) for page in ZH.rglob("*.md")} == english


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [target for target in LINK.findall(prose(page)) if not reachable(page, target)]
    assert not broken


def reachable(page: Path, target: str) -> bool:
    """Tell whether a link's file and anchor exist; other sites are not asked."""
    if target.startswith(("http://", "https://", "mailto:")):
        return True
    place, _, anchor = unquote(target).partition("#")
    file = (page.parent / place).resolve() if place else page
    if not file.exists() or not file.is_relative_to(ROOT):
        return False
    return not anchor or file.suffix != ".md" or anchor in anchors(file)


@pytest.mark.parametrize("page", [page for page in pages() if ZH in page.parents], ids=name)
def test_chinese_pages_are_chinese(page: Path) -> None:
    text = re.sub(r"https?://\S+|[\w./-]+\.md", "", prose(page))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    assert chinese > len(re.findall(r"[A-Za-z]{4,}", text)), "more English words than Chinese characters"


@pytest.mark.parametrize("page", list(DOCS.rglob("*.md")), ids=name)
def test_every_page_is_reached(page: Path) -> None:
    """From the index of its language, within a few clicks."""
    start = (ZH if ZH in page.parents else DOCS) / "README.md"
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        found = (unquote(target).partition("#")[0] for target in LINK.findall(prose(at)))
        places = ((at.parent / target).resolve() for target in found if target.endswith(".md"))
        waiting += [place for place in places if place.exists() and DOCS in place.parents]
    assert page in seen, "no page links to it"
