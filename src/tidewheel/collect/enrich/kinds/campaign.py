"""Where a visit says it comes from: UTM parameters and the click ids of advertisers.

They stand in the page's address; click ids also in properties of their names, for clients that keep no queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from tidewheel.collect.enrich.columns import filled, remade, texts
from tidewheel.collect.enrich.contract import Added, Enrichment, EnrichmentRules
from tidewheel.core.events import column_name
from tidewheel.core.text import Text
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import Segment
from tidewheel.store.enriched import Columns, Make, Said

UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
PAGES: Final = ("page_query", "page_url", "page", "page_path")
"""Properties that may hold an address with parameters, the most telling first."""
CLICKS: Final[dict[str, str]] = {
    "gdt_vid": "tencent", "qz_gdt": "tencent", "weixinadinfo": "tencent", "bd_vid": "baidu", "clickid": "oceanengine",
    "ttclid": "tiktok", "callback": "kuaishou", "xhs_click_id": "xiaohongshu", "gclid": "google", "gbraid": "google",
    "wbraid": "google", "msclkid": "microsoft", "fbclid": "meta", "twclid": "twitter", "yclid": "yandex",
    "qhclickid": "qihoo",
}  # fmt: skip
"""Parameters that advertisers add to an address when an ad is clicked, and whose they are."""
TOLD: Final = tuple(name for name in CLICKS if name != "callback")
"""Those that mean the same as properties of an event."""
SHORTEST: Final = 6
"""Fewest signs of a click id."""


class Campaign(Enrichment[EnrichmentRules]):
    """See the module's description."""

    name: ClassVar[str] = "campaign"
    title: ClassVar[Text] = Text("Campaign parameters", "投放参数")
    description: ClassVar[Text] = Text(
        "UTM parameters and click ids are read from the page's address where the client did not send them; so is the referrer's host.",
        "客户端未上报时，从页面地址解析 UTM 参数与广告点击标识，并从来源地址解析来源域名。",
    )
    edition: ClassVar[str] = "3"
    Rules = EnrichmentRules
    adds: ClassVar[tuple[Added, ...]] = (
        *(Added(name, Text(name, name), fills=True) for name in UTM),
        Added("ad_click", Text("Ad clicked (by click id)", "广告点击来源"), fills=True),
        Added("page_referrer_host", Text("Referrer's host", "来源域名"), fills=True),
    )

    def makes(self, segment: Segment) -> Mapping[str, Make]:
        """Return the columns, where a segment has addresses at all."""
        found: dict[str, Make] = {}
        pages = [name for name in PAGES if column_name(name, "text") in segment.columns]
        clicks = [name for name in TOLD if column_name(name, "text") in segment.columns]
        if pages:
            for name in UTM:
                found[column_name(name, "text")] = partial(_parameter, name, pages)
        if pages or clicks:
            found[column_name("ad_click", "text")] = partial(_ad_click, clicks, pages)
        if column_name("page_referrer", "text") in segment.columns:
            found[column_name("page_referrer_host", "text")] = _host
        return found

    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:  # noqa: ARG002
        """Add what the click ids and the addresses of an event say."""
        for click in TOLD:
            if len(str(said.get((click, "text"), ""))) >= SHORTEST:
                said.setdefault(("ad_click", "text"), CLICKS[click])
        for page in PAGES:
            address = said.get((page, "text"))
            for name, value in (parameters(address) if address is not None else {}).items():
                said.setdefault((name, "text"), value)
        referrer = said.get(("page_referrer", "text"))
        found = None if referrer is None else host(referrer)
        if found is not None:
            said.setdefault(("page_referrer_host", "text"), found)
        return False


@lru_cache(maxsize=100_000)
def parameters(address: str) -> dict[str, str]:
    """Return the campaign parameters of an address or a bare query, each with its first value."""
    _, mark, query = address.partition("?")
    pairs = parse_qsl((query if mark else address).partition("#")[0].lstrip("?"))
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.strip().lower()
        if key in UTM and value.strip():
            found.setdefault(key, value.strip()[:200])
        elif key in CLICKS and len(value) >= SHORTEST:
            found.setdefault("ad_click", CLICKS[key])
    return found


def host(address: str) -> str | None:
    """Return the host of an address in small letters, None where there is none.

    A mini program's page (``pages/goods/index``) has none: without a scheme, only what holds a dot is a host.
    """
    if "//" not in address:
        if "." not in address.partition("/")[0]:
            return None
        address = f"//{address}"
    try:
        found = urlsplit(address).hostname
    except ValueError:
        return None
    return found or None


def _ad_click(clicks: list[str], pages: list[str], columns: Columns) -> Packed | None:
    column = columns.get(column_name("ad_click", "text"))
    for click in clicks:
        held = texts(columns, click)
        if held is not None:
            whose = [CLICKS[click] if len(word) >= SHORTEST else None for word in held.words]
            column = filled(column, remade(held, whose))
    return _from_pages(column, "ad_click", pages, columns)


def _parameter(name: str, pages: list[str], columns: Columns) -> Packed | None:
    return _from_pages(columns.get(column_name(name, "text")), name, pages, columns)


def _from_pages(column: Packed | None, name: str, pages: list[str], columns: Columns) -> Packed | None:
    for page in pages:
        held = texts(columns, page)
        if held is not None and any("=" in word for word in held.words):
            column = filled(column, remade(held, [parameters(word).get(name) for word in held.words]))
    return column


def _host(columns: Columns) -> Packed | None:
    held = texts(columns, "page_referrer")
    assert held is not None
    stored = columns.get(column_name("page_referrer_host", "text"))
    return filled(stored, remade(held, [host(word) for word in held.words]))
