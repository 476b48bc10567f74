"""Answers of APIs: JSON, what lies in it, and addresses that must not be asked."""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text


def pointed(body: Any, pointer: str | None) -> Any:
    """Return what a JSON pointer leads to, None where there is nothing."""
    for part in (pointer or "").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict):
            body = body.get(key)
        elif isinstance(body, list) and key.isdigit() and int(key) < len(body):
            body = body[int(key)]
        else:
            return None
    return body


def field_of(row: Any, name: str | None) -> Any:
    """Return a field of a row by its dotted name."""
    if not name or not isinstance(row, dict):
        return None
    for part in name.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def parsed(body: bytes) -> Any:
    """Return JSON, or say that it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput(
            "not_json",
            Text("The answer is not JSON.", "返回内容不是 JSON。"),
            field="url",
            hint=Text("Check the address; a page for people is no API.", "请检查地址，网页不是接口。"),
        ) from None


def guard(url: str) -> None:
    """Refuse the addresses at which clouds hand out the machine's own credentials."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        inner = ip_address(host).is_link_local or host in {"100.100.100.200", "192.0.0.192", "fd00:ec2::254"}
    except ValueError:
        inner = host.endswith((".internal", "metadata"))
    if inner:
        raise BadInput(
            "address_not_allowed",
            Text("The address {host} may not be read.", "不允许读取地址 {host}。"),
            field="url",
            got=host,
            hint=Text("Name the API itself.", "请填写接口本身的地址。"),
            host=host,
        )
