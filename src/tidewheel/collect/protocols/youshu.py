"""Tencent Youshu's mini-program client (腾讯有数, ``sr-sdk-wxapp``): visits, goods, carts, orders and shares.

A batch is sent again until it is answered ``{"code": 0}``, with new log ids each time: an event is told by what it
says, a log id only numbers deliveries. An order is told by its number and the time it was placed, so that the
statuses ``pay`` and ``payed``, which shops use for the same thing, make one purchase. Each of the two is a
``payment_report`` as well, which has its own time and keeps the number of its delivery.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, ClassVar, Final

from tidewheel.collect.body import read_json, unpack
from tidewheel.collect.calls import add_identifier, flatten, name_in, object_in, read_each
from tidewheel.collect.contract import Arrival, Client, Decoded, Entry, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.intake import canonical
from tidewheel.collect.packing.form import read_pairs
from tidewheel.collect.vocabulary import Vocabulary, default_vocabulary
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.ids import key64
from tidewheel.core.text import Language, Text

_MARKS: Final = {"custom_order": ("order.order_status", "order_status"), "add_to_cart": ("action_type",)}
"""The fields that tell what an event of a name really is: the first is joined to the name with a dot."""
_SCENE: Final = "chan.chan_wxapp_scene"
_PLACED: Final = "order.order_time"
_PAID: Final = "purchase"
_PAYMENT: Final = "payment_report"
_STATUSES: Final = ("order.order_id", "order.order_status", "order_status")
_SHARE: Final = "txsrShareInfoSdk"
_SUMS: Final = ("order_amt", "pay_amt")


class Youshu(Protocol):
    """A list of events."""

    name: ClassVar[str] = "youshu"
    title: ClassVar[Text] = Text("Tencent Youshu", "腾讯有数")
    routes: ClassVar[tuple[Route, ...]] = (Route("POST", "/api/report"),)
    vocabulary: ClassVar[Vocabulary] = default_vocabulary("youshu")
    clients: ClassVar[tuple[Client, ...]] = (
        Client(
            Text("Mini program", "小程序"),
            "sr.init({ appid: '<appId>', token: '<token>', serverUrl: '{address}/api/report' });",
        ),
    )

    def read(self, request: Request, limit: int) -> list[Any]:
        """Return the list in the body."""
        body = unpack(request.body, limit)
        if "x-sr-encrypted" in request.headers.get("content-type", ""):
            raise BadInput(
                "encrypted_body",
                Text(
                    "The client encrypted its events; this server has no key.",
                    "客户端加密了事件，服务端没有密钥。",
                ),
                field="encrypt",
                hint=Text("Switch encryption off in the client.", "请在客户端关闭加密。"),
            )
        found = read_json(body)
        return found if isinstance(found, list) else [found]

    def keys(self, request: Request, sent: Any) -> Iterable[str]:
        """Return the token in the address, then the mini program's appid."""
        yield request.query.get("token", "")
        for one in sent or ():
            props = one.get("props") if isinstance(one, dict) else None
            user = props.get("wx_user") if isinstance(props, dict) else None
            app = user.get("app_id") if isinstance(user, dict) else None
            if isinstance(app, str):
                yield app

    def decode(self, sent: list[Any], request: Request, arrival: Arrival) -> Decoded:  # noqa: ARG002
        """Return an event for each entry."""
        words = arrival.vocabulary or self.vocabulary
        events = read_each(sent, partial(_event, words=words, equals=Counter()))
        return Decoded([*events, *_payments(sent, events)])

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Return code 0; with anything else the client sends the batch again."""
        return Reply(200, b'{"code":0,"msg":"ok"}')

    def refuse(self, error: TidewheelError, language: Language = "en") -> Reply:
        """Tell with ``code`` and ``msg``, as the client reads them."""
        told = error.describe(language)
        body = {"code": error.status, "msg": told["message"], "error": told}
        return Reply(error.status, json.dumps(body, ensure_ascii=False, default=str).encode())


def _event(sent: dict[str, Any], words: Vocabulary, equals: Counter[int]) -> WireEvent:
    name = name_in(sent, "type")
    props = object_in(sent, "props")
    who, user = _who(object_in(props, "wx_user"), words.identifiers)
    facts = flatten({part: value for part, value in props.items() if part not in ("wx_user", "time")})
    mark = next((facts[field] for field in _MARKS.get(name, ()) if facts.get(field)), None)
    if name == "custom_order" and mark == "pay" and props.get("is_sdk_auto_track"):
        mark = "start_pay"
    if mark and f"{name}.{mark}" in words.events:
        name = f"{name}.{mark}"
    number, time = _id(sent, facts, equals), props.get("time")
    order, placed = facts.get("order.order_id"), facts.get(_PLACED)
    if order and placed and (known := words.events.get(name)) and known.event == _PAID:
        number, time = f"{_PAID}/{order}", placed
    facts |= user | _orders(props) | _led_by(props)
    page, _, query = str(facts.get("page", "")).partition("?")
    if query:
        facts |= {"page": page, "page_query": query}
    if isinstance(scene := facts.get(_SCENE), int):
        facts[_SCENE] = str(scene)
    facts = {part: value for part, value in facts.items() if value or value != ""}
    facts["sdk"] = sent.get("from")
    if not number.startswith(_PAID):
        facts |= _delivery(sent)
    return WireEvent(name, time, number, who, facts)


def _delivery(sent: dict[str, Any]) -> dict[str, Any]:
    return {"delivery_id": sent.get("tracking_id"), "delivery_number": sent.get("log_id")}


def _payments(sent: list[Any], events: Iterable[WireEvent | Entry]) -> Iterable[WireEvent]:
    """Return what reported a payment, for each event that became a purchase."""
    for one, event in zip(sent, events, strict=True):
        if isinstance(event, WireEvent) and str(event.id).startswith(_PAID):
            said = {name: value for name, value in (event.properties or {}).items() if name in _STATUSES}
            number = f"{one.get('tracking_id')}/{one.get('log_id')}"
            yield WireEvent(_PAYMENT, one["props"].get("time"), number, event.who, said | _delivery(one))


def _who(user: dict[str, Any], types: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the identifiers of the sender, and what else is said of them; an openid belongs to its appid."""
    who: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    app = user.get("app_id")
    for name, value in user.items():
        kind = types.get(name)
        if kind is None:
            rest |= flatten({name: value}, "wx_user.")
        elif kind == "openid" and app and value:
            add_identifier(who, kind, f"{app}/{value}")
        else:
            add_identifier(who, kind, value)
    tags = user.get("tag")
    if isinstance(tags, list):
        named = [one.get("tag_name") or one.get("tag_id") for one in tags if isinstance(one, dict)]
        rest["wx_user.tag"] = [str(name) for name in named if name]
    return who, rest


def _id(sent: dict[str, Any], facts: dict[str, Any], equals: Counter[int]) -> str:
    """Return what a second sending says again: everything but the log id, and the place among equal ones."""
    said = key64(canonical([sent.get("tracking_id"), sent.get("type"), facts]))
    equals[said] += 1
    return f"{said}/{equals[said]}"


def _orders(props: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of the parts of an order, and what they add up to in yuan."""
    parts = props.get("sub_orders")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return {}
    out: dict[str, Any] = {"sub_order_ids": [str(part.get("sub_order_id")) for part in parts]}
    for name in _SUMS:
        try:
            amounts = [Decimal(str(part[name])) for part in parts if part.get(name) not in (None, "")]
        except InvalidOperation:
            continue
        if amounts:
            out[f"sum.{name}"] = str(sum(amounts))
    return out


def _led_by(props: dict[str, Any]) -> dict[str, Any]:
    """Return the share that led to this page: it is what a share from here has for its parent."""
    led = _share_in(props.get("page"))
    if led is None:
        return {}
    if "txsr_share_info_sdk" in props:
        return {"parent_share_id": led["mi"]}
    return {"share_id": led["mi"], "root_share_id": led.get("o"), "depth": led.get("d")}


def _share_in(address: Any) -> dict[str, Any] | None:
    if not isinstance(address, str) or _SHARE not in address:
        return None
    text = read_pairs(address.partition("?")[2]).get(_SHARE, "")
    try:
        found = read_json(text)
    except BadInput:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("mi"), str) else None
