"""What vendors' clients tell of consent, in the forms their libraries put on the wire, as lines of the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tidewheel.collect.consent import purpose_of
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.collect.vocabulary import default_vocabulary
from tidewheel.core.events import CONSENT

NOW = 1_795_302_000_000
SNOWPLOW = "iglu:com.snowplowanalytics.snowplow"
Line = tuple[str, str, str | None]


def send(protocol: str, path: str, body: Any, **words: Any) -> Taken:
    vocabulary = default_vocabulary(protocol).model_copy(update=words) if words else None
    request = Request(json.dumps(body).encode(), "POST", path)
    return take(PROTOCOLS.get(protocol)(), request, Arrival("web", NOW, vocabulary=vocabulary))


def lines(taken: Taken) -> list[Line]:
    """Return (purpose, state, version) of the ledger's lines, which are of the moment of the choice."""
    assert taken.rejected == []
    found = [one for one in taken.events if one.name == CONSENT]
    assert {one.time for one in found} <= {NOW}
    return sorted(
        (one.properties["purpose"], one.properties["state"], one.properties.get("version")) for one in found
    )


def rudder(allowed: Any, denied: Any, event: str = "Consent Management Interaction") -> dict[str, Any]:
    management = {"provider": "oneTrust", "allowedConsentIds": allowed, "deniedConsentIds": denied}
    return {
        "type": "track", "event": event, "anonymousId": "a1", "messageId": "m1", "properties": {},
        "originalTimestamp": "2026-11-21T23:40:00.000Z", "context": {"consentManagement": management},
    }  # fmt: skip


def described(name: str, data: dict[str, Any], documents: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    inner = {"schema": f"{SNOWPLOW}/{name}/jsonschema/1-0-0", "data": data}
    listed = [{"schema": f"{SNOWPLOW}/consent_document/jsonschema/1-0-0", "data": one} for one in documents]
    about = {"e": "ue", "eid": "e1", "duid": "d1", "aid": "shop", "dtm": str(NOW), "stm": str(NOW)}
    return {
        "data": [
            about
            | {
                "ue_pr": json.dumps({"schema": "iglu:…", "data": inner}),
                "co": json.dumps({"data": listed}),
            }
        ]
    }


def banner(kind: str, *scopes: str) -> dict[str, Any]:
    more = {
        "basisForProcessing": "consent",
        "consentUrl": "https://shop.example/privacy",
        "consentVersion": "3",
    }
    return described("consent_preferences", {"eventType": kind, "consentScopes": list(scopes), **more})


@pytest.mark.parametrize(
    ("allowed", "denied"),
    [
        ({"C0002": "Performance Cookies"}, ["C0004"]),
        (["C0002"], ["C0004"]),
        (["analytics"], ["marketing"]),
    ],
)
def test_rudderstack_tells_by_an_event_of_its_own(allowed: Any, denied: Any) -> None:
    moment = "2026-11-21T23:40:00.000Z"
    taken = send("segment", "/v1/track", rudder(allowed, denied) | {"originalTimestamp": moment})
    found = sorted(
        (one.properties["purpose"], one.properties["state"]) for one in taken.events if one.name == CONSENT
    )
    assert found == [("analytics", "granted"), ("marketing", "withdrawn")]
    assert [one.actor for one in taken.events] == ["device:a1"] * 3
    again = send("segment", "/v1/track", rudder(allowed, denied) | {"originalTimestamp": moment})
    assert {one.id for one in again.events} == {one.id for one in taken.events}


def test_rudderstacks_other_calls_repeat_a_state_and_are_no_choice() -> None:
    taken = send("segment", "/v1/track", rudder(["C0002"], ["C0004"], "Product Viewed"))
    assert [one.name for one in taken.events if one.name == CONSENT] == []
    assert len(taken.events) == 1


def test_ga4_tells_beside_the_events() -> None:
    body = {
        "client_id": "c1", "timestamp_micros": NOW * 1000, "events": [{"name": "login", "params": {}}],
        "consent": {"ad_user_data": "GRANTED", "ad_personalization": "DENIED"},
    }  # fmt: skip
    taken = send("ga4", "/mp/collect", body)
    assert lines(taken) == [("marketing", "granted", None), ("personalisation", "withdrawn", None)]
    assert {one.actor for one in taken.events} == {"cookie:c1"}
    assert lines(send("ga4", "/mp/collect", body | {"consent": {"ad_user_data": "UNSPECIFIED"}})) == []
    assert [
        one.field for one in send("ga4", "/mp/collect", body | {"consent": "GRANTED"}).rejected
    ] == ["consent"]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "scopes", "states"),
    [
        ("allow_all", ("analytics", "functional", "advertisement"), "ggg"),
        ("allow_selected", ("analytics",), "gww"),
        ("implicit_consent", ("analytics", "functional"), "gwg"),
        ("deny_all", (), "www"),
        ("withdrawn", ("advertisement",), "www"),
        ("expired", ("analytics",), "www"),
        ("pending", ("analytics",), ""),
    ],
)
def test_snowplows_banner_tells_of_all_that_is_allowed(
    kind: str, scopes: tuple[str, ...], states: str
) -> None:
    taken = send("snowplow", "/com.snowplowanalytics.snowplow/tp2", banner(kind, *scopes))
    purposes = ("analytics", "marketing", "personalisation")
    told = {"g": "granted", "w": "withdrawn"}
    assert lines(taken) == [
        (one, told[state], "3") for one, state in zip(purposes, states, strict=bool(states))
    ]
    shown = {one.properties.get("evidence") for one in taken.events if one.name == CONSENT}
    assert shown <= {"https://shop.example/privacy"}
    assert taken.events[0].name == "consent_preferences"


def test_a_purpose_that_no_one_listed_is_kept_under_its_own_name() -> None:
    taken = send(
        "snowplow", "/com.snowplowanalytics.snowplow/tp2", banner("allow_selected", "analytics", "Live Chat")
    )
    assert ("live_chat", "granted", "3") in lines(taken)


def test_snowplows_older_calls_tell_by_documents() -> None:
    path = "/com.snowplowanalytics.snowplow/tp2"
    document = {"id": "1234", "version": "2", "name": "marketing"}
    assert lines(send("snowplow", path, described("consent_granted", {}, [document]))) == [
        ("marketing", "granted", "2")
    ]
    assert lines(send("snowplow", path, described("consent_withdrawn", {"all": False}, [document]))) == [
        ("marketing", "withdrawn", "2")
    ]
    every = lines(send("snowplow", path, described("consent_withdrawn", {"all": True})))
    assert every == [(one, "withdrawn", None) for one in ("analytics", "marketing", "personalisation")]


def test_posthog_and_mixpanel_tell_of_opting_in() -> None:
    moment = "2026-11-21T23:40:00.000Z"
    hog = {
        "api_key": "k",
        "batch": [{"event": "$opt_in", "distinct_id": "d1", "uuid": "u1", "timestamp": moment, "properties": {"$device_id": "d1"}}],
    }  # fmt: skip
    panel = [
        {
            "event": "$opt_in",
            "properties": {"token": "k", "distinct_id": "$device:d1", "$device_id": "d1", "time": NOW, "$insert_id": "i1"},
        }
    ]  # fmt: skip
    for protocol, path, body in (("posthog", "/batch/", hog), ("mixpanel", "/track", panel)):
        taken = send(protocol, path, body)
        found = [
            (one.actor, one.properties["purpose"], one.properties["state"])
            for one in taken.events
            if one.name == CONSENT
        ]
        assert found == [("device:d1", "analytics", "granted")], protocol


def test_the_mapping_of_a_source_has_the_last_word() -> None:
    words = {"consents": {"c0004": "marketing.sms", "营销": "marketing"}}
    taken = send("segment", "/v1/track", rudder([], ["C0004", "营销"]), **words)
    found = sorted(
        (one.properties["purpose"], one.properties["channel"]) for one in taken.events if one.name == CONSENT
    )
    assert found == [("marketing", "any"), ("marketing", "sms")]


def test_names_become_small_latin_letters() -> None:
    names = ["Advertising & Social", "4", "C0002", "营销", "x" * 60]
    assert [purpose_of(one) for one in names] == [
        "advertising_social",
        "purpose_4",
        "c0002",
        "营销",
        "x" * 40,
    ]
