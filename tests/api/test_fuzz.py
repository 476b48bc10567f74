"""Whatever is sent to the API as OpenAPI describes it, and whatever is sent instead, it never breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.shop import Shop, Time
from tidewheel.core.settings import Settings
from tidewheel.serve.app import create_app
from tidewheel.serve.in_process import in_process
from tidewheel.serve.installation import Installation
from tidewheel.serve.openapi import describe

LEFT_OUT = {"sign_out", "watch_live", "remove_project"}
"""These end the test's own access, or never end."""
PROJECT = {"project": "shop"}

schema = schemathesis.openapi.from_dict(describe()).exclude(operation_id=list(LEFT_OUT))
FEW = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    clock = Time()
    installation = Installation.open(Settings(home=folder / "home", max_body_mb=1), clock)
    with in_process(create_app(installation)) as transport:
        found = Shop(installation, clock, transport)
        body = {"email": "a@b", "name": "A", "password": "correct horse", "project_name": "Shop"}
        found.client().post("/api/v1/setup", json=body)
        found.local.post("/api/v1/projects/shop/sources", json={"name": "Web"})
        yield found
    installation.close()


@schema.parametrize()
@FEW
def test_no_request_breaks_the_api(shop: Shop, case: Any) -> None:
    if "project" in case.path_parameters:
        case.path_parameters |= PROJECT
    wanted = case.as_transport_kwargs(base_url="http://tidewheel.test")
    headers = {**wanted.pop("headers", {}), "Authorization": f"Bearer {shop.installation.local_token}"}
    wanted.pop("cookies", None)
    data = wanted.pop("data", None)
    sent = {"content": data} if isinstance(data, bytes | str) else {"data": data}
    reply = shop.client().request(
        wanted.pop("method"), wanted.pop("url"), headers=_plain(headers), params=wanted.pop("params", None),
        json=wanted.pop("json", None), files=wanted.pop("files", None), **sent,
    )  # fmt: skip
    assert reply.status_code < 500, reply.text
    if not reply.is_success:
        assert set(reply.json()["error"]) == {"code", "message", "field", "got", "expected", "hint"}


def _plain(headers: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in headers.items()
        if str(value).isascii() and str(value).isprintable()
    }


WORDS = st.text(max_size=8) | st.sampled_from(
    ["event", "who", "user", "purchase", "value", "items", "\0", "\ud800"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "event": JSON,
        "time": JSON,
        "who": JSON,
        "properties": JSON,
        "items": JSON,
        "person": JSON,
        "id": JSON,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=60)
    | st.builds(lambda value: json.dumps(value).encode(), JSON | st.lists(EVENT, max_size=5))
)
def test_no_body_breaks_the_door(shop: Shop, body: bytes) -> None:
    key = shop.local.get("/api/v1/projects/shop/sources").json()["sources"][0]["write_key"]
    good = b'{"event": "page_view", "who": {"device": "d"}}'
    for sent in (body, b"[" + good + b"," + body + b"]"):
        reply = shop.client().post("/v1/events", content=sent, headers={"X-Write-Key": key})
        assert reply.status_code in {200, 413, 422}, reply.text
        assert "error" in reply.json() or reply.json()["accepted"] >= 0
