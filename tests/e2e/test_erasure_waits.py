"""An erasure waits for a process that is gone; an administrator says that it will not come back."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.crash.servers import Place
from tests.e2e.reader import Reader
from tests.e2e.server import Server
from tests.e2e.words import Words
from tidewheel.core.clock import system_clock
from tidewheel.store.catalog import Catalog, envelopes, processes

pytestmark = pytest.mark.browser
PHONE = "13912345678"
GONE = "collector-7.shop.test"
FOLDER = "/var/lib/tidewheel/collector-7"
WHO = {"email": "lin@shop.test", "name": "Lin", "password": "correct horse"}


def sign_in_and_vanish(catalog_url: str) -> None:
    """Leave in the catalog what a collector leaves that is never seen again."""
    catalog = Catalog(catalog_url, system_clock)
    with catalog.write() as db:
        key = envelopes.public(envelopes.new_key())
        processes.sign_in(
            db,
            "collector7",
            host=GONE,
            folder=FOLDER,
            role="collector",
            public_key=key,
            now=system_clock() - 300_000,
        )
    catalog.close()


def test_a_process_that_will_not_come_back_is_not_waited_for(
    interface: None, tmp_path: Path, browser: Browser
) -> None:
    catalog_url = f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    place = Place(
        tmp_path / "server",
        TIDEWHEEL_LAKE=str(tmp_path / "lake"),
        TIDEWHEEL_CATALOG_URL=catalog_url,
        TIDEWHEEL_REFRESH_SECONDS="0.5",
        TIDEWHEEL_ERASURE_WAIT_SECONDS="3600",
    )
    place.start()
    try:
        place.set_up()
        sign_in_and_vanish(catalog_url)
        with place.client() as client:
            made = client.post("/api/v1/users", json={**WHO, "admin": True, "roles": {}})
            assert made.status_code == 201, made.text
            seen = {"event": "page_view", "time": int(time.time() * 1000), "who": {"phone": PHONE}}
            sent = client.post("/v1/events", json=[seen], headers={"Authorization": f"Bearer {place.key}"})
            assert sent.status_code == 200, sent.text
            asked = {"identifiers": [f"phone:{PHONE}"], "confirm": place.project, "reason": "request 7"}
            reply = client.post(f"/api/v1/projects/{place.project}/erasures", json=asked)
            assert reply.status_code == 202, reply.text

        page = browser.new_context(
            base_url=place.url, locale="zh-CN", viewport={"width": 1280, "height": 800}
        ).new_page()
        words = Words("zh-CN")
        reader = Reader(page, Server(place.url, place.home), words)
        page.goto(f"/p/{place.project}/settings/privacy")
        reader.fill("entry.signIn.email", WHO["email"])
        reader.fill("entry.signIn.password", WHO["password"])
        reader.press("entry.signIn.submit")
        line = page.get_by_role("row").filter(has_text="request 7")
        expect(line).to_contain_text(words("settings.erasures.waits_other", count=1))
        expect(line).to_contain_text(GONE)

        reader.press("settings.erasures.retire.ask", inside=line)
        expect(reader.dialog).to_contain_text(FOLDER)
        reader.press("settings.erasures.retire.go", inside=reader.dialog)
        expect(line).to_contain_text(words("settings.erasures.states.done"))
        expect(line).to_contain_text(words("settings.erasures.missing_other", count=1))
        expect(line).to_contain_text(words("settings.erasures.retire.retired"))
        expect(
            line.get_by_role("button", name=re.compile(words("settings.erasures.retire.ask")))
        ).to_have_count(0)
        with place.client() as client:
            [erasure] = client.get(f"/api/v1/projects/{place.project}/erasures").json()["erasures"]
        assert "unanswered" in erasure["certificate"]["left"]
        assert [one["state"] for one in erasure["processes"] if one["host"] == GONE] == ["missing"]
        page.context.close()
        assert not reader.wrong, "\n".join(reader.wrong)
    finally:
        place.stop()
