"""Matomo's tracking API: one hit in an address or a form, or many addresses in one body.

Hits are not numbered; one sent twice is one only where it says when it happened (``cdt``). A time without a zone
is in UTC, as Matomo has it. Pictures are answered with a picture, unless the client asked for none.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import add_identifier, read_each
from tidewheel.collect.contract import Arrival, Client, Decoded, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.packing.form import is_form, read_form, read_pairs
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, what
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Language, Text

_GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_NOT_FACTS: Final = frozenset(
    ["rec", "rand", "apiv", "send_image", "idsite", "token_auth", "cdt", "h", "m", "s", "ec_items", "cvar", "_cvar", "_id", "cid", "uid", "queuedtracking", "bots", "new_visit", "_idts", "_idvc", "_viewts", "_ects", "_refts"]
)  # fmt: skip
_ITEM: Final = ("sku", "name", "category", "price", "quantity")
_PRODUCT: Final = {"_pks": "sku", "_pkn": "name", "_pkc": "category", "_pkp": "price"}


class Matomo(Protocol):
    """Hits: what each is, its parameters tell."""

    name: ClassVar[str] = "matomo"
    title: ClassVar[Text] = Text("Matomo", "Matomo")
    routes: ClassVar[tuple[Route, ...]] = tuple(
        Route(method, path) for path in ("/matomo.php", "/piwik.php") for method in ("GET", "POST")
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("matomo")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(Text("Web", "网页"), "_paq.push(['setTrackerUrl', '{address}/matomo.php']);"),
        Client(Text("Node", "Node"), "new MatomoTracker(<siteId>, '{address}/matomo.php');"),
        Client(Text("PHP", "PHP"), "$tracker = new MatomoTracker($siteId, '{address}');"),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return the parameters of each hit."""
        if request.method == "GET":
            return [dict(request.query)]
        body = unpack(request.body, limit)
        if is_form(body) or not body:
            return [{**request.query, **read_form(body)}]
        found = read_json(body)
        hits = found.get("requests") if isinstance(found, dict) else None
        if not isinstance(hits, list):
            raise BadInput(
                "no_events",
                Text("The body holds no list of events.", "请求体中没有事件列表。"),
                field="requests",
                got=what(hits).en,
                expected='{"requests": ["?idsite=1&rec=1&…"]}',
                hint=Text(
                    "Send the addresses of the hits under requests.", "请把每次访问的地址放在 requests 中。"
                ),
            )
        return [read_pairs(hit.partition("?")[2] or hit) if isinstance(hit, str) else hit for hit in hits]

    def keys(self, request: Request, sent: Any) -> Iterable[str]:  # noqa: ARG002
        """Return the tokens of the hits."""
        tokens = [hit.get("token_auth") for hit in sent or () if isinstance(hit, dict)]
        yield from dict.fromkeys(token for token in tokens if isinstance(token, str) and token)

    def decode(self, sent: list[Any], request: Request, arrival: Arrival) -> Decoded:
        """Return an event for each hit; signs of life that say nothing else are left out."""
        del request
        hits = [hit for hit in sent if not (isinstance(hit, dict) and hit.get("ping") == "1")]
        return Decoded(
            read_each(hits, partial(_event, types=(arrival.vocabulary or self.vocabulary).identifiers))
        )

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Return a picture, nothing, or for many hits how many were taken, as each asked for."""
        if request.method == "POST" and not is_form(request.body) and request.body:
            told = {
                "status": "success", "tracked": taken.accepted, "invalid": len(taken.rejected),
                "invalid_indices": [one.index for one in taken.rejected],
            }  # fmt: skip
            return Reply(200, json.dumps(told).encode())
        if request.query.get("send_image") == "0":
            return Reply(204, b"")
        return Reply(200, _GIF, "image/gif")


def _event(hit: dict[str, Any], types: dict[str, str]) -> WireEvent:
    if not all(isinstance(value, str | int | float | list | None) for value in hit.values()):
        raise Refused("wrong_type", "requests", what({}), "?idsite=1&rec=1&…")
    who: dict[str, Any] = {}
    for theirs, ours in types.items():
        add_identifier(who, ours, hit.get(theirs))
    facts = {name: value for name, value in hit.items() if name not in _NOT_FACTS and value not in ("", None)}
    facts |= _of_page(hit.get("url"))
    for name, value in _variables(hit).items():
        facts.setdefault(name, value)
    items = _items(hit)
    if items:
        facts["items"] = items
    time = hit.get("cdt")
    if isinstance(time, str) and time and not time.isdigit() and time[-1] not in "Zz":
        time = f"{time}Z"
    return WireEvent(_name(hit), time or None, None, who, facts)


def _name(hit: dict[str, Any]) -> str:
    """Return what the hit is, by what it carries."""
    for parameter, name in (
        ("e_c", "event"), ("search", "site_search"), ("link", "outlink"), ("download", "download"),
        ("c_n", "content"), ("ca", "custom_action"),
    ):  # fmt: skip
        if hit.get(parameter):
            if parameter == "e_c" and not hit.get("e_a"):
                raise Refused("missing_name", "e_a")
            return (
                ("content_interaction" if hit.get("c_i") else "content_impression")
                if name == "content"
                else name
            )
    if str(hit.get("idgoal", "")) == "0":
        return "ecommerce_order" if hit.get("ec_id") else "ecommerce_cart"
    if hit.get("idgoal"):
        return "goal"
    return "product_view" if any(hit.get(name) for name in _PRODUCT) else "pageview"


def _of_page(url: Any) -> dict[str, Any]:
    """Return the parts of the page's address, campaigns among them."""
    if not isinstance(url, str) or not url:
        return {}
    try:
        parts = urlsplit(url)
        found = read_pairs(parts.query)
    except ValueError:
        return {}
    tags = {
        name: found[name]
        for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "mtm_campaign", "mtm_source",
                     "mtm_medium", "mtm_keyword", "mtm_content", "pk_campaign", "pk_kwd")
        if found.get(name)
    }  # fmt: skip
    return {"page_host": parts.netloc, "page_path": parts.path, "page_query": parts.query or None} | tags


def _variables(hit: dict[str, Any]) -> dict[str, Any]:
    """Return custom variables, which come as ``{"1": [name, value]}``."""
    out: dict[str, Any] = {}
    for field in ("_cvar", "cvar"):
        found = _json(hit.get(field))
        if isinstance(found, dict):
            out |= {
                str(pair[0]): pair[1]
                for pair in found.values()
                if isinstance(pair, list) and len(pair) == 2 and pair[0]
            }
    return out


def _items(hit: dict[str, Any]) -> list[dict[str, Any]]:
    listed = _json(hit.get("ec_items"))
    if isinstance(listed, list):
        return [dict(zip(_ITEM, one, strict=False)) for one in listed if isinstance(one, list) and one]
    seen = {ours: hit[theirs] for theirs, ours in _PRODUCT.items() if hit.get(theirs)}
    return [seen] if seen else []


def _json(text: Any) -> Any:
    if not isinstance(text, str) or not text:
        return text
    try:
        return read_json(text)
    except BadInput:
        raise Refused("bad_items", "ec_items", text) from None
