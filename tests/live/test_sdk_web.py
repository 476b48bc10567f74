"""Our own client in a real browser, against a running server: what people do arrives, once each, whatever happens."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.live.conftest import Place
from tests.live.shopfront import Shopfront

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A device that was never here."""
    context = browser.new_context(viewport={"width": 1000, "height": 600})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def shop(place: Callable[[], Place]) -> Iterator[tuple[Place, Shopfront]]:
    """A shop of this test's own with its web pages."""
    source = place()
    server, key = source.address.split("/in/")
    with Shopfront(server, key) as front:
        yield source, front


def flush(page: Page) -> None:
    """Send what waits, and wait for the answer."""
    page.evaluate("tw.flush()")


def arrived(source: Place, *, at_least: int) -> list[dict[str, Any]]:
    """Return the events of a source once there are so many: what is acknowledged is seen within a moment."""
    for _ in range(100):
        events = source.arrived()
        if len(events) >= at_least:
            return events
    raise AssertionError([event["name"] for event in events])


def named(events: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the events of one name."""
    return [event for event in events if event["name"] == name]


def test_it_is_small(shop: tuple[Place, Shopfront]) -> None:
    script = shop[0].admin.get("/tw.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(gzip.compress(script.content, 9)) <= 6 * 1024


def test_pages_clicks_and_slots_are_seen(visitor: BrowserContext, shop: tuple[Place, Shopfront]) -> None:
    source, front = shop
    page = visitor.new_page()
    page.goto(front.url("/home?utm_source=weibo&phone=13800138000"))
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_text("Secret").click()
    page.locator("#password").click()
    page.wait_for_function("performance.now() > 1300")
    page.get_by_role("link", name="Autumn").click()
    page.evaluate("history.pushState({}, '', '/goods?id=1')")
    page.wait_for_function("document.title")
    page.evaluate(
        "tw.purchase({order_id: 'SO1', value: 29950, items: [{item_id: 'S1', price: 29950, quantity: 1}]})"
    )
    flush(page)
    events = arrived(source, at_least=7)
    assert [event["page"] for event in named(events, "page_view")] == ["/home", "/goods"]
    button, banner = named(events, "click")
    assert (button["element"], button["element_text"]) == ("main>footer.bar>button.cart", "Add to cart")
    assert button["element_kind"] == "button"
    assert 0 < button["x"] < 1
    assert 0 < button["y"] <= 1
    assert (banner["element"], banner["href"], banner["slot_id"]) == ("main>a[1]", "/autumn", "banner")
    assert [one["slot_id"] for one in named(events, "slot_view") if one["page"] == "/home"] == ["banner"]
    assert named(events, "slot_click")[0]["content_id"] == "autumn"
    assert named(events, "purchase")[0]["value"] == 29950
    assert {event["utm_source"] for event in events} == {"weibo"}
    assert len({event["session_id"] for event in events}) == 1
    assert not any("13800138000" in str(event) or "hunter2" in str(event) for event in events)
    assert source.rejected() == []


def test_nothing_is_lost_or_doubled_offline(visitor: BrowserContext, shop: tuple[Place, Shopfront]) -> None:
    source, front = shop
    page = visitor.new_page()
    page.goto(front.url("/home"))
    flush(page)
    visitor.set_offline(True)
    page.evaluate("for (let n = 0; n < 60; n++) tw.track('step', {n})")
    flush(page)
    page.close()  # the tab dies with nobody to tell

    visitor.set_offline(False)
    lost: list[str] = []

    def swallow(route: Route) -> None:
        """The server takes it and the answer is lost."""
        if len(lost) < 2 and route.request.method == "POST":
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    visitor.route("**/v1/events*", swallow)
    page = visitor.new_page()
    page.goto(front.url("/home"))
    page.wait_for_function("!Object.keys(localStorage).some(name => name.includes('.e.'))")
    assert len(lost) == 2
    steps = named(arrived(source, at_least=62), "step")
    assert sorted(step["n"] for step in steps) == list(range(60))


def test_leaving_at_once_loses_nothing(visitor: BrowserContext, shop: tuple[Place, Shopfront]) -> None:
    source, front = shop
    page = visitor.new_page()
    for _ in range(3):
        page.goto(front.url("/home"))
        page.evaluate("tw.track('left')")
    page.goto("about:blank")
    page.goto(front.url("/home"))
    page.wait_for_function("!Object.keys(localStorage).some(name => name.includes('.e.'))")
    events = arrived(source, at_least=7)
    assert (len(named(events, "left")), len(named(events, "page_view"))) == (3, 4)


def test_two_people_on_one_device_stay_two(visitor: BrowserContext, shop: tuple[Place, Shopfront]) -> None:
    source, front = shop
    page = visitor.new_page()
    page.goto(front.url("/home"))
    page.evaluate("tw.identify('u1', {city: 'Hangzhou'}); tw.link({phone: '13800138000'})")
    page.evaluate("tw.track('hers'); tw.reset(); tw.track('between')")
    page.evaluate("tw.identify('u2'); tw.track('his'); tw.identify('u3'); tw.track('theirs')")
    flush(page)
    person = {event["name"]: event["person"] for event in arrived(source, at_least=6)}
    assert person["page_view"] == person["hers"]
    assert person["between"] == person["his"]
    assert len({person["hers"], person["his"], person["theirs"]}) == 3
    found = source.rows(f"select city from persons where person = '{person['hers']}'")
    assert found == [["Hangzhou"]]


def test_a_share_passes_from_hand_to_hand(browser: Browser, shop: tuple[Place, Shopfront]) -> None:
    source, front = shop
    link = front.url("/goods?id=1")
    for _ in range(3):
        device = browser.new_context()
        page = device.new_page()
        page.goto(link)
        link = page.evaluate("tw.shareLink({share_to: 'chat'})")
        flush(page)
        device.close()
    events = arrived(source, at_least=8)
    shares, opens = named(events, "share"), named(events, "share_open")
    assert [share["depth"] for share in shares] == [1, 2, 3]
    assert [share.get("parent_share_id") for share in shares[1:]] == [one["share_id"] for one in shares[:2]]
    assert {share["root_share_id"] for share in shares} == {shares[0]["share_id"]}
    assert [(one["share_id"], one["sharer"]) for one in opens] == [
        (one["share_id"], one["sharer"]) for one in shares[:2]
    ]


def test_nothing_is_kept_before_consent(visitor: BrowserContext, shop: tuple[Place, Shopfront]) -> None:
    source, front = shop
    page = visitor.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/events" in request.url else None)
    page.goto(front.url("/home", consent="required"))
    page.get_by_role("button", name="Add to cart").click()
    flush(page)
    assert (asked, page.evaluate("[localStorage.length, document.cookie]")) == ([], [0, ""])
    page.evaluate("tw.optIn()")
    flush(page)
    # a slot that has been in sight for long enough by then is seen, too
    assert {event["name"] for event in arrived(source, at_least=1)} - {"slot_view"} == {"page_view"}
    page.evaluate("tw.track('more'); tw.optOut(); tw.track('never')")
    flush(page)
    assert page.evaluate("Object.keys(localStorage).map(name => localStorage[name])") == ["0"]
    assert {event["name"] for event in source.arrived()} - {"slot_view"} == {"page_view"}
