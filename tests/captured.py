"""Requests of real clients, kept as they came in; and whether all they said is in what we made of them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tidewheel.collect.contract import Protocol, Request
from tidewheel.core.events import Event

FOLDER = Path(__file__).parent / "captures"


def requests(protocol: type[Protocol], client: str = "") -> Iterator[tuple[str, Request]]:
    """Yield (client, request) in the order of arrival."""
    for line in (FOLDER / f"{protocol.name}.jsonl").read_text("utf-8").splitlines():
        kept = json.loads(line)
        if client and kept["from"] != client:
            continue
        path, _, raw_query = kept["path"].partition("?")
        query = dict(parse_qsl(raw_query, keep_blank_values=True))
        body = base64.b64decode(kept["body"])
        yield (
            kept["from"],
            Request(
                body,
                kept["method"],
                path,
                query,
                kept["headers"],
                marks_of(protocol, kept["method"], path),
                raw_query,
            ),
        )


def marks_of(protocol: type[Protocol], method: str, path: str) -> dict[str, str]:
    """Return what stands at the marks of the route that serves a path."""
    for route in protocol.routes:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
        found = re.fullmatch(pattern, path)
        if found and route.method == method:
            return found.groupdict()
    raise AssertionError(f"no route for {method} {path}")


def said(value: Any) -> set[str]:
    """Return every single value in a JSON value, as text."""
    if isinstance(value, dict):
        return {text for part in value.values() for text in said(part)}
    if isinstance(value, list | tuple):
        return {text for part in value for text in said(part)}
    if isinstance(value, datetime):
        return {str(round(value.timestamp() * 1000))}
    return {str(value)}


def told(event: Event) -> set[str]:
    """Return every single value in a fact, identifiers without their types and scopes included."""
    who = [event.actor, *event.others]
    values = [one.partition(":")[2] for one in who]
    parts = [
        part for value in values for part in (value, value.rpartition("/")[2], value.removeprefix("+86"))
    ]
    return said([event.name, event.time, event.properties, event.items, parts])
