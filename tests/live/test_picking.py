"""Picking an event on a page of a shop: its history is counted at once, in every place that names events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import UI
from tests.e2e.server import Server
from tests.live.conftest import Place
from tests.live.shopfront import Shopfront

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def desk(browser: Browser, server: Server, admin: httpx.Client, project: str) -> Iterator[Page]:
    """The owner of the shop at the page of picked events."""
    if not UI.exists():
        pytest.fail("The browser interface is missing: run `make ui` first.", pytrace=False)
    context = browser.new_context(
        base_url=server.url, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(60_000)
    context.add_cookies(
        [
            {"name": one.name, "value": one.value or "", "url": server.url, "httpOnly": True}
            for one in admin.cookies.jar
        ]
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"/p/{project}/data/picks")
    yield page
    context.close()
    assert not wrong


def test_a_button_is_picked_and_its_history_is_there(
    browser: Browser, desk: Page, place: Callable[[], Place]
) -> None:
    source = place()
    # A new installation compiles its kernels first; the page need not wait for that.
    assert source.admin.get(f"/api/v1/projects/{source.project}/picks/elements").is_success
    server, key = source.address.split("/in/")
    with Shopfront(server, key) as front:
        visitor = browser.new_context().new_page()
        visitor.goto(front.url("/strict/goods"))
        for _ in range(3):
            visitor.get_by_role("button", name="Buy now").click()
        visitor.get_by_role("button", name="Add to cart").click()
        visitor.evaluate("tw.flush()")

        desk.get_by_label("Address of the page").fill(front.url("/strict/goods"))
        with desk.expect_popup() as opened:
            desk.get_by_role("button", name="Open and pick").click()
        shop = opened.value
        expect(shop.get_by_text("Click what you mean")).to_be_in_viewport()
        expect(desk.get_by_text("The page is connected.")).to_be_visible()
        shop.get_by_role("button", name="Browse the page").click()
        shop.get_by_role("button", name="Pick again").click()
        before = shop.url
        shop.get_by_role("button", name="Buy now").click()

        form = desk.get_by_role("dialog")
        expect(form.get_by_text("Covers 3 events of 1 people in the last 7 days, 3 in all.")).to_be_visible()
        form.get_by_role("radio", name="By its text").check()
        expect(form.get_by_text("3 in 7 days")).to_have_count(2)
        form.get_by_label("Title in English").fill("Buy now")
        form.get_by_label("Name", exact=True).fill("buy_now")
        form.get_by_role("button", name="Save").click()

        row = desk.get_by_role("row", name="Buy now buy_now")
        expect(row.get_by_role("cell", name="3", exact=True).or_(row.get_by_text(" 3"))).to_be_visible()
        row.get_by_role("button", name="Buy now buy_now", exact=True).click()
        expect(desk).to_have_url(re.compile(rf"/p/{source.project}/analyse/trends"))
        expect(desk.get_by_text("Buy now").first).to_be_visible()

        # What is clicked while picking is not what a customer does.
        shop.evaluate("tw.flush()")
        assert shop.url == before
        assert source.rows("select count(*) from events where list_contains(picked, 'buy_now')") == [[3]]
        clicked = source.rows(
            "select element_text, count(*) from events where name = 'click' group by 1 order by 1"
        )
        assert clicked == [["Add to cart", 1], ["Buy now", 3]]


def test_nobody_else_gets_the_picker(browser: Browser, place: Callable[[], Place]) -> None:
    server, key = place().address.split("/in/")
    with Shopfront(server, key) as front:
        context = browser.new_context()
        page = context.new_page()
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page.goto(front.url("/goods?tw_pick=shop.9999999999999.forged"))
        page.evaluate("tw.flush()")
        assert not [url for url in asked if "picker" in url]  # nobody opened the page
        with context.expect_event("request", lambda one: "/tw.picker.js" in one.url) as picker:
            with page.expect_popup() as opened:
                page.evaluate(
                    "address => { window.open(address) }",
                    front.url("/goods?tw_pick=shop.9999999999999.forged"),
                )
            opened.value.wait_for_load_state()
        assert httpx.get(picker.value.url, trust_env=False).status_code == 403
        assert opened.value.locator("tidewheel-picker").count() == 0
