"""Our own mini-program client, as the server hands it out, on the ``wx`` runtime: each event once, under the right person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.live.conftest import Place
from tests.live.sdk import run_mini_program

APP = "wx1234567890abcdef"


def visit(shop: Place, tmp_path: Path, who: str, opened: dict[str, str]) -> dict[str, str]:
    """Play a visitor who came by an address; returns what the page that was passed on has in its own."""
    client = tmp_path / "tw.mp.js"
    client.write_bytes(shop.admin.get("/tw.mp.js").content)
    said: Any = run_mini_program(
        "tidewheel.wx.cjs", sdk=str(client), key=shop.key, url=str(shop.admin.base_url).rstrip("/"), opened=opened,
        openid=f"o-{who}-{shop.id}", user=f"u-{who}-{shop.id}", order=f"SO-{who}-{shop.id}",
    )  # fmt: skip
    return dict(parse_qsl(urlsplit(said["path"]).query))


def test_what_a_visitor_does_arrives_once_and_a_share_has_its_depth(
    place: Callable[[], Place], tmp_path: Path
) -> None:
    shop = place()
    passed_on = visit(shop, tmp_path, "a", {})
    assert passed_on["id"] == "A1"
    visit(shop, tmp_path, "b", {"tw_share": passed_on["tw_share"]})
    events = shop.arrived()
    each = ["app_launch", "page_view", "click", "purchase", "share", "after_login"]
    assert Counter(event["name"] for event in events) == Counter([*each, *each, "share_open"])
    first = [event for event in events if event["person"] == events[0]["person"]]
    assert Counter(event["name"] for event in first) == Counter(each)
    one = {event["name"]: event for event in first}
    assert len({event["person"] for event in events}) == 2
    assert {event["platform"] for event in events} == {"mini_program"}
    assert {event["app_id"] for event in events} == {APP}
    for event in first:
        assert (event["scene"], event["utm_source"], event["utm_campaign"]) == ("1047", "wechat", "d11"), (
            event
        )
    assert one["page_view"]["page"] == "/pages/goods/goods"
    assert (one["click"]["element"], one["click"]["element_text"]) == ("#buy", "加购")
    assert (one["purchase"]["value"], one["purchase"]["order_id"]) == (29950, f"SO-a-{shop.id}")
    assert one["purchase"]["time"] < one["share"]["time"], "what happened offline keeps its time"
    assert (one["after_login"]["x"], one["after_login"]["store"]) == (1, "hz01")
    assert {f"openid:{APP}/o-a-{shop.id}", f"user:u-a-{shop.id}"} <= shop.identifiers(events[0]["person"])
    assert shop.rows(f"select level from persons where person = '{events[0]['person']}'") == [["gold"]]
    opened = next(event for event in events if event["name"] == "share_open")
    shares = sorted((event for event in events if event["name"] == "share"), key=lambda event: event["depth"])
    assert [share["depth"] for share in shares] == [1, 2]
    assert (opened["share_id"], opened["depth"]) == (shares[0]["share_id"], 1)
    assert shares[1]["parent_share_id"] == shares[0]["share_id"]
    assert shares[1]["root_share_id"] == shares[0]["share_id"]
    assert shop.rejected() == []
