"""Snowplow's trackers: the tracker protocol, version 2, as JSON or in the address of a pixel.

Every value is text. A transaction and its items are events of their own and become one purchase where they come
together; self-describing events are called by the name in their schema, and contexts become properties. Trackers
send again whatever is not refused for good, so a body that is too large is answered 400, never 413.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import page_in
from tidewheel.collect.consent import chosen, purpose_of
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.packing.form import read_field
from tidewheel.collect.problems import Refused
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent, what
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.text import Language, Text

_PIXEL: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_COOKIE: Final = "sp"
_YEAR: Final = 365 * 86_400
_SCHEMA: Final = re.compile(r"iglu:([\w.-]+)/([\w-]+)/jsonschema/(\d+)-\d+-\d+")
_KINDS: Final = {
    "pv": "page_view",
    "pp": "page_ping",
    "se": "se",
    "ue": "ue",
    "tr": "transaction",
    "ti": "transaction_item",
}
_ENVELOPE: Final = frozenset({
    "e", "eid", "dtm", "ttm", "stm", "duid", "nuid", "tnuid", "uid", "ue_pr", "ue_px", "co", "cx", "cookie", "se_ac",
})  # fmt: skip
_LIMIT: Final = 2**20
_ALLOWED: Final = frozenset({"allow_all", "allow_selected", "implicit_consent"})
_DENIED: Final = frozenset({"deny_all", "withdrawn", "expired"})
_SHOP: Final = "com.snowplowanalytics.snowplow.ecommerce"


class Snowplow(Protocol):
    """``{"schema": …, "data": […]}``, or one event in a query."""

    name: ClassVar[str] = "snowplow"
    title: ClassVar[Text] = Text("Snowplow", "Snowplow")
    routes: ClassVar[tuple[Route, ...]] = (
        Route("POST", "/com.snowplowanalytics.snowplow/tp2"),
        Route("GET", "/i"),
    )
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("snowplow")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Web (npm)", "网页（npm）"),
            "newTracker('sp1', '{address}', { appId: 'shop' });",
        ),
        Client(
            Text("Node", "Node"), "newTracker({ namespace: 'sp', appId: 'shop' }, { endpoint: '{address}' });"
        ),
        Client(
            Text("Python", "Python"),
            "# the address is a host name: enter app_id under “Keys the SDK holds”\n"
            'Tracker(namespace="sp", emitters=[Emitter("<host>")], app_id="shop")',
        ),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return the events of the body, or the one in the address."""
        if request.method == "GET":
            return [dict(request.query)]
        sent = read_json(unpack(request.body, limit))
        found = sent.get("data") if isinstance(sent, dict) else sent
        if not isinstance(found, list):
            raise BadInput(
                "no_events",
                Text("The body holds no list of events.", "请求体中没有事件列表。"),
                field="data",
                got=type(found).__name__,
                expected='{"schema": "iglu:…/payload_data/…", "data": […]}',
            )
        return found

    def keys(self, request: Request, sent: Any) -> Iterable[str]:  # noqa: ARG002
        """Return the names of the applications that the events come from."""
        named = [one.get("aid") for one in sent or () if isinstance(one, dict)]
        yield from dict.fromkeys(name for name in named if isinstance(name, str) and name)

    def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
        """Return the events; items join the transaction they belong to."""
        words = arrival.vocabulary or self.vocabulary
        network = _network_id(request)
        goods: dict[str, list[dict[str, Any]]] = {}
        bought = {one.get("tr_id") for one in sent if isinstance(one, dict) and one.get("e") == "tr"}
        rest = []
        for one in sent:
            if isinstance(one, dict) and one.get("e") == "ti" and one.get("ti_id") in bought:
                goods.setdefault(str(one["ti_id"]), []).append(_named(one, "ti_", but=("ti_id", "ti_cu")))
            else:
                rest.append(one)
        events = [_each(one, goods, words, network) for one in rest]
        first = next((one for one in sent if isinstance(one, dict)), {})
        return Decoded(events, first.get("stm"))

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Say that it is kept, and keep the browser's network id in a cookie as Snowplow's collector does."""
        safe = request.host.startswith("https")
        name = _network_id(request) or secrets.token_hex(16)
        cookie = f"{_COOKIE}={name}; Max-Age={_YEAR}; Path=/; {'SameSite=None; Secure' if safe else 'SameSite=Lax'}"
        headers = {"set-cookie": cookie} if "origin" in request.headers or "cookie" in request.headers else {}
        if request.method == "GET":
            return Reply(200, _PIXEL, "image/gif", headers)
        return Reply(200, b"ok", "text/plain", headers)

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell it with a status that trackers take for the last word, unless sending again may help."""
        status = 400 if error.status in (413, 422) else error.status
        return Reply(status, json.dumps({"error": error.describe(language)}, default=str).encode())


def _network_id(request: Request) -> str:
    try:
        found = SimpleCookie(request.headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return ""
    return found.value if found and re.fullmatch(r"[\w-]{8,64}", found.value) else ""


def _each(
    sent: Any, goods: Mapping[str, list[dict[str, Any]]], words: Vocabulary, network: str
) -> WireEvent | Entry:
    if not isinstance(sent, dict):
        return Entry(Refused("not_an_object", None, what(sent)), sent)
    try:
        return _event(sent, goods, words, network)
    except Refused as problem:
        return Entry(problem, sent)


def _event(
    sent: dict[str, Any], goods: Mapping[str, list[dict[str, Any]]], words: Vocabulary, network: str
) -> WireEvent:
    kind = sent.get("e")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Refused("unknown_call", "e", kind, tuple(_KINDS))
    contexts = _contexts(sent)
    properties = {key: value for key, value in sent.items() if key not in _ENVELOPE and value != ""}
    properties |= page_in(sent.get("url"))
    name: Any = _KINDS[kind]
    consent: list[dict[str, Any]] | None = None
    if kind == "se":
        name = sent.get("se_ac")
        if not isinstance(name, str):
            raise Refused("missing_name", "se_ac", name)
    elif kind == "ue":
        name, told = _described(sent)
        consent = _consents(name, told, contexts.get("consent_document", []), words.consents)
        properties |= told
    elif kind == "tr":
        found = goods.get(str(sent.get("tr_id")))
        properties |= {"products": found} if found else {}
    properties |= _said(contexts)
    who: dict[str, Any] = {}
    session = contexts.get("client_session", [{}])[0]
    ids = {
        "duid": sent.get("duid") or session.get("userId"),
        "nuid": sent.get("tnuid") or sent.get("nuid") or network,
        "uid": sent.get("uid"),
    }
    for field, value in ids.items():
        if value and field in words.identifiers:
            who[words.identifiers[field]] = value
    return WireEvent(
        name, sent.get("ttm") or sent.get("dtm"), sent.get("eid"), who, properties, consent=consent
    )


def _consents(
    name: str, told: Mapping[str, Any], documents: list[dict[str, Any]], known: Mapping[str, str]
) -> list[dict[str, Any]] | None:
    """Return what a person has chosen: by the scopes of a banner, or by the documents of the older calls.

    A banner tells of all that is allowed, so that a known purpose that is not among it is withdrawn.
    """
    if name == "consent_preferences":
        kind, listed = told.get("eventType"), told.get("consentScopes")
        if kind not in _ALLOWED | _DENIED:
            return None
        scopes = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        allowed = scopes if kind in _ALLOWED else []
        said = _choice(allowed, [*scopes, *known], known)
        url, version = told.get("consentUrl"), told.get("consentVersion")
        return chosen(*said, evidence=_text(url), version=_text(version)) or None
    if name not in {"consent_granted", "consent_withdrawn"}:
        return None
    if name == "consent_withdrawn" and told.get("all") is True:
        return chosen([], _choice([], known, known)[1]) or None
    out: list[dict[str, Any]] = []
    for one in documents:
        if purpose := _text(one.get("name")) or _text(one.get("id")):
            sides = ([purpose], []) if name == "consent_granted" else ([], [purpose])
            out += chosen(*sides, version=_text(one.get("version")))
    return out or None


def _choice(
    allowed: Iterable[str], names: Iterable[str], known: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return names of what is allowed and of what is not, each of our purposes once."""
    granted = {known.get(purpose_of(name), purpose_of(name)): name for name in allowed}
    rest: dict[str, str] = {}
    for name in names:
        rest.setdefault(known.get(purpose_of(name), purpose_of(name)), name)
    return list(granted.values()), [name for ours, name in rest.items() if ours not in granted]


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None


def _described(sent: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the data of a self-describing event; one about goods is called by what was done."""
    inner = _json(sent, "ue_pr", "ue_px").get("data")
    if not isinstance(inner, dict):
        raise Refused("wrong_type", "ue_pr.data", what(inner), "{…}")
    schema, data = str(inner.get("schema", "")), inner.get("data")
    found = _SCHEMA.fullmatch(schema)
    if not found or not isinstance(data, dict):
        raise Refused("missing_name", "ue_pr.data.schema", schema)
    name = found[2]
    if found[1].startswith(_SHOP) and isinstance(data.get("type"), str):
        name = f"ecommerce {data['type']}"
    return name, {**data, "schema": schema}


def _contexts(sent: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the data of contexts by the names in their schemas."""
    if not sent.get("co") and not sent.get("cx"):
        return {}
    listed = _json(sent, "co", "cx").get("data")
    out: dict[str, list[dict[str, Any]]] = {}
    for one in listed if isinstance(listed, list) else ():
        found = _SCHEMA.fullmatch(str(one.get("schema", ""))) if isinstance(one, dict) else None
        if found and isinstance(one.get("data"), dict):
            shop = found[1].startswith(_SHOP)
            out.setdefault(f"shop.{found[2]}" if shop else found[2], []).append(one["data"])
    return out


def _said(contexts: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return contexts as properties: goods as a list, a single one by dotted names, several as they are."""
    out: dict[str, Any] = {}
    for name, found in contexts.items():
        if name == "shop.product":
            out["products"] = found
        elif len(found) == 1:
            out |= {f"{name}.{key}": value for key, value in found[0].items()}
        else:
            out[name] = found
    return out


def _json(sent: Mapping[str, Any], plain: str, packed: str) -> dict[str, Any]:
    text = sent.get(plain) or sent.get(packed)
    if isinstance(text, str):
        try:
            text = read_field(text, _LIMIT)
        except BadInput:
            raise Refused("wrong_type", plain, what(text), "{…}") from None
    if not isinstance(text, dict):
        raise Refused("wrong_type", plain, what(text), "{…}")
    return text


def _named(sent: Mapping[str, Any], prefix: str, *, but: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if key.startswith(prefix) and key not in but}
