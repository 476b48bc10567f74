"""GrowingIO's web and mini-program clients, which no registry has: what they sent, sent again to a running server."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.captured import requests, said
from tests.live.conftest import Place
from tidewheel.collect.contract import PROTOCOLS, Request
from tidewheel.core.errors import BadInput

pytestmark = pytest.mark.slow
GIO = PROTOCOLS.get("growingio")
CLIENTS = sorted({client for client, _ in requests(GIO)} - {"growingio"})
NOT_FACTS = {"projectKey", "dataSourceId", "userKey", "eventType", "sendTime", "platform", "timestamp"}
ABOUT = {"LOGIN_USER_ATTRIBUTES", "VISITOR_ATTRIBUTES"}


def send(shop: Place, request: Request) -> httpx.Response:
    """Send a request as it came, as if it had left just now."""
    query = re.sub(r"stm=\d+", f"stm={int(time.time() * 1000)}", request.raw_query)
    path = f"{shop.address}{request.path}?{query}"
    names = {"content-type", "x-compress-codec", "x-crypt-codec", "user-agent", "origin"}
    headers = {name: value for name, value in request.headers.items() if name in names}
    return httpx.request(
        request.method, path, content=request.body, headers=headers, timeout=60, trust_env=False
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_what_it_sent_arrives(place: Callable[[], Place], client: str) -> None:
    shop = place()
    sent: dict[str, dict[str, Any]] = {}
    for _, request in requests(GIO, client):
        reply = send(shop, request)
        try:
            entries = GIO().read(request, 2**20)
        except BadInput:
            assert reply.status_code == 422  # the browser cut the address at a #
            continue
        assert reply.status_code == 204
        for one in entries:
            sent[f"{one['eventType']}/{one.get('eventSequenceId', one['timestamp'])}"] = one
    told = [one for one in sent.values() if one["eventType"] not in ABOUT]
    events = shop.arrived()
    assert len(events) == len(told) >= 4
    assert Counter(event.get("sequence") for event in events) == Counter(
        one.get("eventSequenceId") for one in told
    )
    [person] = {event["person"] for event in events}
    about = shop.identifiers(person)
    values = {value for one in about for value in (one.partition(":")[2], one.rpartition("/")[2])}
    for one in told:
        [event] = [event for event in events if event.get("sequence") == one.get("eventSequenceId")]
        facts = {name: value for name, value in one.items() if name not in NOT_FACTS and value != ""}
        missing = said(facts) - said(event) - values
        assert datetime.fromisoformat(event["time"]).timestamp() * 1000 == pytest.approx(
            one["timestamp"], abs=0.5
        )
        assert {str(round(float(value) * 100)) for value in missing} <= said(event), missing
    level = [
        one["attributes"]["level"] for one in sent.values() if one["eventType"] == "LOGIN_USER_ATTRIBUTES"
    ]
    assert shop.rows(f"select level from persons where person = '{person}'") == [[level[0]]]
