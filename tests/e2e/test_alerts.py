"""A metric gets an alert, a test message arrives, a day is judged, and both stand in the history."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader
from tests.receiver import Receiver, receiver

pytestmark = pytest.mark.browser
PROJECT = "/api/v1/projects/demo"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def test_an_alert_is_rehearsed_set_tried_and_judged(reader: Reader, hook: Receiver) -> None:
    page, words = reader.page, reader.words
    tail = words.language[:2]
    metric, place = f"visits_{tail}", f"group-{tail}"
    definition = {
        "title": f"Visits {tail}",
        "question": {
            "kind": "trends",
            "params": {"grain": "total", "series": [{"step": {"any_of": [{"event": "page_view"}]}}]},
        },
        "figure": "A",
    }
    with reader.server.signed_in() as client:
        saved = client.put(f"{PROJECT}/metrics/{metric}", json={"definition": definition})
        assert saved.status_code == 200, saved.text

    reader.go("metrics")
    row = page.get_by_role("row").filter(has=page.locator("code", has_text=metric))
    row.get_by_role("button", name=words("metrics.actions", name=f"Visits {tail}")).click()
    reader.press("metrics.alert", "menuitem")
    form = page.get_by_role("dialog").first
    expect(form.get_by_role("status")).to_contain_text("45")
    form.get_by_text(words("alerts.rules.threshold"), exact=True).click()
    reader.fill("alerts.below", "1000000", inside=form)
    would = form.get_by_role("status").locator("b")
    expect(would).to_have_text(
        re.compile(re.escape(words("alerts.would_one", periods=45, by=words("alerts.bys.day"), count=1)))
    )

    reader.press("alerts.addDestination", inside=form)
    second = page.get_by_role("dialog").filter(has=page.locator("#destination-name"))
    reader.fill("alerts.destinationName", place, inside=second)
    second.get_by_label(words("alerts.url"), exact=True).fill(f"{hook.url}/robot")
    reader.press("common.save", inside=second)
    expect(form.get_by_title(place)).to_be_visible()
    reader.press("alerts.save", inside=form)
    expect(page.get_by_text(words("alerts.saved", name=f"{metric}_alert"))).to_be_visible()

    reader.heading(words("alerts.title"))
    alert = page.get_by_role("row").filter(has=page.locator("code", has_text=f"{metric}_alert"))
    expect(alert).to_contain_text(words("alerts.states.waiting"))
    expect(alert.get_by_role("img")).to_be_visible()

    def act(key: str) -> None:
        alert.get_by_role("button", name=words("alerts.actions", name=f"Visits {tail}")).click()
        reader.press(key, "menuitem")

    act("alerts.test")
    expect(page.get_by_text(words("alerts.tested", names=place))).to_be_visible()
    [test] = [json.loads(one.body) for one in hook.received]
    assert test["msgtype"] == "markdown"
    assert f"Visits {tail}" in test["markdown"]["content"]

    act("alerts.check")
    expect(alert.locator("[data-tone=loss]")).to_be_visible()
    alert.get_by_role("button", name=f"Visits {tail}", exact=True).click()
    expect(reader.dialog.get_by_role("table", name=words("alerts.history"))).to_contain_text(
        words("alerts.news.fired")
    )
    sent = reader.dialog.get_by_role("table", name=words("alerts.deliveries"))
    expect(sent.get_by_role("row")).to_have_count(3)
    expect(sent).to_contain_text(words("alerts.kinds.test"))
    reader.close()

    reader.go("metrics")
    expect(row.get_by_role("link", name=words("metrics.watched"))).to_be_visible()
    with reader.server.signed_in() as client:
        assert client.delete(f"{PROJECT}/alerts/{metric}_alert").status_code == 200
    assert reader.wrong == []


def test_the_list_says_which_way_is_told(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("alerts")
    drop = page.get_by_role("row").filter(has=page.locator("code", has_text="conversion_drop"))
    other = words("alerts.againsts.last_week")
    expect(drop).to_contain_text(words("alerts.rulesIn.change.down", by="20%", other=other))
    low = page.get_by_role("row").filter(has=page.locator("code", has_text="gmv_low"))
    expect(low).to_contain_text(words("alerts.rulesIn.anomaly.down"))
