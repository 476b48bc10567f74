"""Somebody asks what is known of them and to be forgotten; the owner decides what data is used for."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader

pytestmark = pytest.mark.browser
PHONE = "13912345678"


@pytest.fixture
def shop(reader: Reader) -> str:
    """A project with two customers, Anna and somebody else."""
    project, key = reader.new_project(f"Letters {reader.words.language}")
    with reader.server.client() as client:
        now = int(time.time() * 1000)
        events: list[dict[str, Any]] = [
            {
                "event": "page_view",
                "time": now - 60_000 * n,
                "id": str(n),
                "who": {"user": f"u-{n % 2}", "phone": PHONE if n % 2 else "13900000002"},
                "person": {"set": {"name": "Anna" if n % 2 else "Berta"}},
            }
            for n in range(6)
        ]
        sent = client.post("/v1/events", json=events, headers={"X-Write-Key": key})
        assert sent.json()["accepted"] == 6, sent.text
    return project


def test_a_data_request_is_answered(reader: Reader, shop: str) -> None:
    page, words = reader.page, reader.words
    reader.go("people", shop)
    page.get_by_placeholder(words("people.search")).fill(PHONE)
    expect(page.get_by_role("link", name="Berta")).to_have_count(0)
    page.get_by_role("link", name="Anna").click()
    reader.heading(re.compile("Anna"))
    with page.expect_download() as download:
        page.get_by_role("link", name=words("people.privacy.export")).click()
    packed = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert PHONE in "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())

    reader.press("people.privacy.erase")
    reader.fill("people.privacy.reason", "request 1024", inside=reader.dialog)
    reader.dialog.get_by_label(re.compile(shop)).fill(shop)
    reader.press("people.privacy.erase", inside=reader.dialog)
    line = page.get_by_role("row").filter(has_text="request 1024")
    expect(line).to_contain_text(words("settings.erasures.states.done"))
    address = line.get_by_role("link", name=words("settings.erasures.certificate")).get_attribute("href")
    with reader.server.signed_in() as client:
        certificate = client.get(str(address)).text
        assert client.get(f"/api/v1/projects/{shop}/people").json()["total"] == 1
    assert PHONE not in certificate
    assert "request 1024" in certificate
    reader.go("people", shop)
    expect(page.get_by_role("link", name="Berta")).to_be_visible()
    expect(page.get_by_role("link", name="Anna")).to_have_count(0)


def test_purposes_and_channels_are_changed(reader: Reader, shop: str) -> None:
    page, words = reader.page, reader.words
    reader.go("settings/privacy", shop)
    channels = page.get_by_role("table", name=words("settings.privacy.channels"))
    reader.press("settings.privacy.named.add.channels")
    fresh = channels.get_by_role("row").last
    fresh.get_by_label(words("settings.privacy.named.name")).fill("Live Room")
    fresh.get_by_label(words("settings.privacy.named.zh")).fill("直播间")
    fresh.get_by_label(words("settings.privacy.named.en")).fill("Live room")
    reader.press("common.save")
    expect(page.get_by_text(words("settings.privacy.named.form"))).to_be_visible()
    fresh.get_by_label(words("settings.privacy.named.name")).fill("live")
    sms = channels.get_by_role("row").nth(1)
    sms.get_by_role("button", name=words("settings.privacy.named.remove")).click()
    purposes = page.get_by_role("table", name=words("settings.privacy.purposes"))
    purposes.get_by_role("row").nth(1).get_by_role("switch").click()
    reader.press("common.save")
    expect(page.get_by_text(words("settings.privacy.saved"))).to_be_visible()
    with reader.server.signed_in() as client:
        policy = json.loads(client.get(f"/api/v1/projects/{shop}/privacy").text)["policy"]
    assert [one["name"] for one in policy["channels"]] == ["email", "wechat", "push", "phone", "live"]
    assert policy["channels"][-1]["title"] == {"en": "Live room", "zh": "直播间"}
    assert [one["asks_first"] for one in policy["purposes"]] == [True, True, False]
