"""Requests as the clients of each vendor make them: what the ten busiest protocols are measured with.

Every event is a shop's: somebody looks at goods, one in twenty buys. No two are the same.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

PEOPLE = 50_000
BUY_EVERY = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A path with its query, and the body that goes there."""

    path: str
    body: bytes
    content_type: str = "application/json"


Make = Callable[[int, int, int], Sent]
"""Takes the number of the first event, how many there are, and the time of the first (ms)."""


def native(first: int, count: int, start: int) -> Sent:
    """Return a batch in our own form."""

    def one(number: int, time: int) -> dict[str, Any]:
        event: dict[str, Any] = {
            "event": "purchase" if buys(number) else "view_item", "time": time, "id": f"{number:012x}",
            "who": {"device": device(number), "openid": f"wx5f1a/{person(number)}"},
            "properties": {"platform": "mini_program", "page_path": page(number), "utm_source": "wechat"},
            "items": [{"item_id": sku(number), "item_name": "连衣裙", "price": 29950, "quantity": 1}],
        }  # fmt: skip
        if buys(number):
            event["properties"] |= {"order_id": f"SO{number}", "value": 29950}
        return event

    return Sent("/v1/events", _json({"events": _each(one, first, count, start)}))


def growingio(first: int, count: int, start: int) -> Sent:
    """Return what the mini-program client sends without compression."""

    def one(number: int, time: int) -> dict[str, Any]:
        return {
            "eventType": "CUSTOM", "eventName": "order_paid" if buys(number) else "goods_detail", "appVersion": "1.0.0",
            "dataSourceId": "9f8e7d6c5b4a3210", "deviceBrand": "HUAWEI", "deviceId": device(number), "deviceModel": "P60",
            "domain": "wx1234567890abcdef", "language": "zh_CN", "networkState": "wifi", "path": page(number),
            "platform": "MinP", "query": "utm_source=wechat", "screenHeight": 2532, "screenWidth": 1170,
            "sdkVersion": "4.6.0", "sessionId": f"s-{number % PEOPLE}", "timestamp": time, "timezoneOffset": -480,
            "userId": person(number), "userKey": "openid", "eventSequenceId": number + 1,
            "attributes": {"order_id": f"SO{number}", "amount": "299.5", "sku": sku(number)},
        }  # fmt: skip

    path = f"/v3/projects/bench/collect?stm={start + count}&compress=0"
    return Sent(path, _json(_each(one, first, count, start)))


def sensors(first: int, count: int, start: int) -> Sent:
    """Return the form with a packed list that the batch clients send; a single event as the web client's."""

    def one(number: int, time: int) -> dict[str, Any]:
        return {
            "type": "track", "event": "PayOrder" if buys(number) else "ViewProduct", "time": time, "_track_id": number,
            "_flush_time": time, "distinct_id": device(number), "anonymous_id": device(number),
            "identities": {"$identity_cookie_id": device(number), "$identity_login_id": person(number)},
            "lib": {"$lib": "js", "$lib_method": "code", "$lib_version": "1.27.11"},
            "properties": {
                "$timezone_offset": -480, "$screen_height": 844, "$screen_width": 390, "$lib": "js",
                "$latest_utm_source": "wechat", "$referrer": "", "$url": f"https://shop.example{page(number)}",
                "$url_path": page(number), "$title": "首页", "$is_first_day": False, "ProductId": sku(number),
                "ProductName": "连衣裙", "ProductPrice": 299.5, "OrderId": f"SO{number}", "PayAmount": 299.5,
            },
        }  # fmt: skip

    events = _each(one, first, count, start)
    if count == 1:
        packed = base64.b64encode(_json(events[0])).decode()
        hashed = 0
        for sign in packed.encode():
            hashed = (31 * hashed + sign) & 0xFFFF_FFFF
        hashed -= (hashed & 0x8000_0000) << 1
        body = f"data={quote(packed, safe='')}&ext=crc%3D{hashed}"
    else:
        body = (
            f"data_list={quote(base64.b64encode(gzip.compress(_json(events), 1)).decode(), safe='')}&gzip=1"
        )
    return Sent("/sa?project=bench", body.encode(), "text/plain;charset=UTF-8")


def segment(first: int, count: int, start: int) -> Sent:
    """Return a batch of a server client."""

    def one(number: int, time: int) -> dict[str, Any]:
        product = {"product_id": sku(number), "name": "连衣裙", "price": 299.5, "quantity": 1}
        order = {"order_id": f"SO{number}", "total": 299.5, "currency": "CNY", "products": [product]}
        return {
            "type": "track", "event": "Order Completed" if buys(number) else "Product Viewed", "messageId": f"m-{number}",
            "anonymousId": device(number), "userId": person(number), "timestamp": iso(time), "integrations": {},
            "properties": order if buys(number) else product,
            "context": {"library": {"name": "analytics-node", "version": "3.1.0"}, "ip": "1.2.3.4", "locale": "zh-CN"},
        }  # fmt: skip

    return Sent("/v1/batch", _json({"batch": _each(one, first, count, start), "sentAt": iso(start + count)}))


def posthog(first: int, count: int, start: int) -> Sent:
    """Return a batch of a server client."""

    def one(number: int, time: int) -> dict[str, Any]:
        return {
            "event": "order_paid" if buys(number) else "goods_detail", "distinct_id": person(number), "uuid": f"u-{number}",
            "timestamp": iso(time),
            "properties": {
                "$lib": "posthog-node", "$lib_version": "5.70.0", "$device_id": device(number), "order_id": f"SO{number}",
                "amount": 299.5, "sku": sku(number), "$current_url": f"https://shop.example{page(number)}",
            },
        }  # fmt: skip

    batch = {"api_key": "bench", "batch": _each(one, first, count, start), "sent_at": iso(start + count)}
    return Sent("/batch/", _json(batch))


def mixpanel(first: int, count: int, start: int) -> Sent:
    """Return the list that ``/import`` and the browser's ``/track`` take."""

    def one(number: int, time: int) -> dict[str, Any]:
        return {
            "event": "order_paid" if buys(number) else "goods_detail",
            "properties": {
                "token": "bench", "distinct_id": person(number), "time": time / 1000, "$insert_id": f"i-{number}",
                "mp_lib": "node", "$lib_version": "0.24.0", "$device_id": device(number), "$user_id": person(number),
                "order_id": f"SO{number}", "amount": 299.5, "sku": sku(number), "$current_url": f"https://shop.example{page(number)}",
            },
        }  # fmt: skip

    return Sent("/track", _json(_each(one, first, count, start)))


def amplitude(first: int, count: int, start: int) -> Sent:
    """Return a batch of a server client."""

    def one(number: int, time: int) -> dict[str, Any]:
        return {
            "event_type": "order_paid" if buys(number) else "goods_detail", "device_id": device(number),
            "user_id": person(number), "time": time, "insert_id": f"i-{number}", "library": "amplitude-ts/2.48.1",
            "platform": "Web", "language": "zh-CN", "ip": "$remote", "session_id": start, "event_id": number,
            "event_properties": {"order_id": f"SO{number}", "amount": 299.5, "sku": sku(number), "page": page(number)},
        }  # fmt: skip

    return Sent("/2/httpapi", _json({"api_key": "bench", "events": _each(one, first, count, start)}))


def snowplow(first: int, count: int, start: int) -> Sent:
    """Return the payloads that a browser's tracker posts."""
    vendor = "iglu:com.snowplowanalytics.snowplow"

    def one(number: int, time: int) -> dict[str, str]:
        return {
            "e": "se" if buys(number) else "pv", "eid": f"e-{number}", "dtm": str(time), "stm": str(time), "aid": "bench",
            "tna": "sp", "tv": "js-4.10.1", "p": "web", "duid": device(number), "uid": person(number), "sid": f"s-{number}",
            "vid": "1", "url": f"https://shop.example{page(number)}", "page": "首页", "lang": "zh-CN", "res": "390x844",
            "vp": "390x753", "tz": "Asia/Shanghai", "se_ca": "shop", "se_ac": "order_paid", "se_la": sku(number),
            "se_pr": f"SO{number}", "se_va": "299.5",
        }  # fmt: skip

    payload = {"schema": f"{vendor}/payload_data/jsonschema/1-0-4", "data": _each(one, first, count, start)}
    return Sent("/com.snowplowanalytics.snowplow/tp2", _json(payload))


def youshu(first: int, count: int, start: int) -> Sent:
    """Return what the mini-program client posts."""

    def one(number: int, time: int) -> dict[str, Any]:
        about = {
            "page": f"{page(number)[1:]}?id=1", "page_title": "商品", "is_sdk_auto_track": False, "time": time,
            "wx_user": {"local_id": device(number), "app_id": "wx1234567890abcdef", "open_id": person(number)},
            "system_info": {"brand": "HUAWEI", "model": "P60", "system": "Android 13", "platform": "android"},
            "chan": {"utm_source": "wechat", "utm_campaign": "d11", "chan_wxapp_scene": 1047, "chan_id": ""},
            "sr_sdk_version": "2.1.1",
        }  # fmt: skip
        if buys(number):
            about["order"] = {"order_id": f"SO{number}", "order_time": time, "order_status": "payed"}
            about["sub_orders"] = [{"sub_order_id": f"SO{number}-1", "order_amt": 399, "pay_amt": 299.5}]
        else:
            about["sku"] = {"sku_id": sku(number), "sku_name": "连衣裙"}
            about["sale"] = {"original_price": 399, "current_price": 299.5}
        kind = "custom_order" if buys(number) else "browse_sku_page"
        return {
            "type": kind, "props": about, "from": "sr-sdk-wxapp", "tracking_id": f"t-{number // 50}", "log_id": number % 50
        }  # fmt: skip

    return Sent("/api/report?token=bench", _json(_each(one, first, count, start)))


def ga4(first: int, count: int, start: int) -> Sent:
    """Return one person's events."""

    def one(number: int, time: int) -> dict[str, Any]:
        item = {"item_id": sku(number), "item_name": "连衣裙", "price": 299.5, "quantity": 1}
        return {
            "name": "purchase" if buys(number) else "view_item", "timestamp_micros": time * 1000,
            "params": {
                "transaction_id": f"SO{number}", "value": 299.5, "currency": "CNY", "items": [item], "session_id": number,
                "page_location": f"https://shop.example{page(number)}", "engagement_time_msec": 100,
            },
        }  # fmt: skip

    body = {
        "client_id": device(first), "user_id": person(first), "events": _each(one, first, count, start)
    }  # fmt: skip
    return Sent("/mp/collect?measurement_id=G-1&api_secret=bench", _json(body))


VENDORS: dict[str, Make] = {
    make.__name__: make
    for make in (native, growingio, sensors, segment, posthog, mixpanel, amplitude, snowplow, youshu, ga4)
}


def device(number: int) -> str:
    """Return the device of an event."""
    return f"d-{number * 7919 % PEOPLE:08x}"


def person(number: int) -> str:
    """Return the user of an event; each has one device."""
    return f"u{number * 7919 % PEOPLE:08d}"


def sku(number: int) -> str:
    """Return what an event is about."""
    return f"SKU{number % 2_000}"


def page(number: int) -> str:
    """Return the page of an event."""
    return f"/goods/{number % 500}"


def buys(number: int) -> bool:
    """Tell whether an event is an order."""
    return number % BUY_EVERY == 0


def iso(time: int) -> str:
    """Return a moment as vendors' clients write it."""
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _each(one: Callable[[int, int], Any], first: int, count: int, start: int) -> list[Any]:
    return [one(first + place, start + place) for place in range(count)]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
