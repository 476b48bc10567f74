"""Whatever is sent to the API as OpenAPI describes it, and whatever is sent instead, it never breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.shop import Shop, Time
from tidewheel.analyse.run import ANALYSES
from tidewheel.core.settings import Settings
from tidewheel.serve.app import _routes as routes
from tidewheel.serve.app import create_app
from tidewheel.serve.in_process import in_process
from tidewheel.serve.installation import Installation
from tidewheel.serve.openapi import describe

PROJECT = {"project": "shop"}
LEFT_OUT = {
    "DELETE /api/v1/session",
    "GET /api/v1/projects/{project}/live",
    "DELETE /api/v1/projects/{project}",
}
"""These end the test's own access, or never end."""
CONVERTER = re.compile(r":\w+}")
LABELS = [
    label
    for route in routes(collects=False)
    if route.told
    and "/analyses/" not in route.path_format  # filters nest without end; below, real questions are spoiled
    for label in (f"{method} {CONVERTER.sub('}', route.path_format)}" for method in sorted(route.methods))
    if label not in LEFT_OUT
]
"""What every route is called; to describe them all takes seconds, which only those who try them need to spend."""


@cache
def operations() -> dict[str, Any]:
    """Return how each is asked, as OpenAPI describes it."""
    schema = schemathesis.openapi.from_dict(describe()).exclude(path_regex="/analyses/")
    found = (one.ok() for one in schema.get_all_operations())
    return {one.label: one for one in found if one.label not in LEFT_OUT}


FEW = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
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


def test_every_operation_is_tried() -> None:
    assert sorted(operations()) == sorted(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_no_request_breaks_the_api(shop: Shop, label: str) -> None:
    @FEW
    @given(case=operations()[label].as_strategy())
    def each(case: Any) -> None:
        send(shop, case)

    each()


def send(shop: Shop, case: Any) -> None:
    if "project" in case.path_parameters:
        case.path_parameters |= PROJECT
    wanted = case.as_transport_kwargs(base_url="http://tidewheel.test")
    headers = {**wanted.pop("headers", {}), "Authorization": f"Bearer {shop.installation.local_token}"}
    data = wanted.pop("data", None)
    sent: dict[str, Any] = {"content": data} if isinstance(data, bytes | str) else {"data": data}
    reply = shop.client().request(
        wanted["method"], wanted["url"], headers=_plain(headers), params=wanted.get("params"),
        json=wanted.get("json"), files=wanted.get("files"), **sent,
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


def spoiled(value: Any, junk: Any, choose: Any) -> Any:
    """Return a question in which one part, picked by ``choose``, is junk."""
    if isinstance(value, dict) and value and choose(st.integers(0, 4)):
        name = choose(st.sampled_from(sorted(value)))
        return {**value, name: spoiled(value[name], junk, choose)}
    if isinstance(value, list | tuple) and value and choose(st.integers(0, 4)):
        place = choose(st.integers(0, len(value) - 1))
        return [spoiled(one, junk, choose) if at == place else one for at, one in enumerate(value)]
    return junk


QUESTIONS = [(name, json.dumps(sample)) for name, kind in ANALYSES.all().items() for sample in kind.samples]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(),
    question=st.sampled_from(QUESTIONS),
    junk=JSON | st.sampled_from([[], {}, 0, -1, 1e300, "*", "("]),
)
def test_no_question_breaks_the_api(
    shop: Shop, data: st.DataObject, question: tuple[str, str], junk: Any
) -> None:
    name, sample = question
    body = json.dumps(spoiled(json.loads(sample), junk, data.draw)).encode()
    path = f"/api/v1/projects/shop/analyses/{name}"
    reply = shop.local.post(path, content=body, headers={"content-type": "application/json"})
    assert reply.status_code in {200, 404, 422}, (body, reply.text)


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
