"""What is worked out of single words: channels, campaigns, user agents."""

from __future__ import annotations

from typing import Any

import pytest

from tidewheel.collect.enrich import ENRICHMENTS, Rulebook, parse_rules
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.demo.vocabulary import BOT_AGENTS, CHANNELS, SCENES, USER_AGENTS

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.49(0x1800312d) NetType/WIFI Language/zh_CN miniProgram/wx123"
)
HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1 Mobile"
CUBOT = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36"


def told(properties: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """Return an event's properties with what is worked out of them."""
    said = {(name, "text" if isinstance(value, str) else "flag" if isinstance(value, bool) else "number"): value for name, value in properties.items()}  # fmt: skip
    out = Rulebook(parse_rules(rules)).complete(0, said, [])  # type: ignore[arg-type]
    return {name: value for (name, _), value in said.items()} | ({"left_out": True} if out else {})


@pytest.mark.parametrize(
    ("sent", "channel"),
    [
        ({"utm_source": "baidu", "utm_medium": "cpc"}, "paid"),
        ({"utm_source": "baidu", "utm_medium": "sem_brand"}, "paid"),
        ({"utm_source": "douyin", "utm_medium": "feed"}, "media"),
        ({"utm_source": "wecom", "utm_medium": "private"}, "chat"),
        ({"utm_source": "x", "utm_medium": "newsletter"}, "other"),
        ({"page_query": "utm_source=wx&utm_medium=live"}, "live"),
        ({"page_url": "https://shop.example/p?gdt_vid=wx0abcdef123&x=1"}, "media"),
        ({"page_url": "https://shop.example/p?gclid=EAIaIQobChMI"}, "paid"),
        ({"page": "/p", "gclid": "EAIaIQobChMI"}, "paid"),
        ({"bd_vid": "8123456789"}, "paid"),
        ({"gdt_vid": "short"}, None),
        ({"callback": "https://shop.example/back"}, None),
        ({"scene": "1045"}, "media"),
        ({"scene": 1044}, "fission"),
        ({"scene": "1008"}, "chat"),
        ({"scene": "1058"}, "official_account"),
        ({"scene": "1089"}, "natural"),
        ({"scene": "1177"}, "live"),
        ({"scene": "1047"}, "other"),
        ({"page_referrer": "https://m.baidu.com/s?wd=shop"}, "natural"),
        ({"page_referrer": "https://mp.weixin.qq.com/s/abc"}, "official_account"),
        ({"page_referrer": "https://www.xiaohongshu.com/explore"}, "fission"),
        ({"page_referrer": "https://notbaidu.com/"}, "other"),
        ({"channel": "chat", "utm_medium": "cpc"}, "chat"),
        ({"page_path": "/home"}, None),
        ({"page_referrer": "pages/goods/index"}, None),
        ({"value": 100}, None),
    ],
)
def test_the_first_rule_that_fits_names_the_channel(sent: dict[str, Any], channel: str | None) -> None:
    assert told(sent).get("channel_group") == channel


def test_the_demo_shops_scenes_lead_to_its_channels() -> None:
    found = {CHANNELS[channel]: told({"scene": scene})["channel_group"] for channel, scene in SCENES.items()}
    agreed = {name for name, channel in found.items() if name == channel}
    assert agreed >= {"natural", "official_account", "chat", "fission", "live", "other"}


def test_rules_are_the_projects_own() -> None:
    rule = {"channel": "store", "when": [{"property": "utm_source", "op": "starts_with", "values": ["门店"]}]}
    own = {"channel": {"rules": [rule]}}
    assert told({"utm_source": "门店-上海"}, **own)["channel_group"] == "store"
    assert "channel_group" not in told({"utm_source": "baidu"}, **own)
    assert "channel_group" not in told({"scene": "1045"}, channel={"on": False})


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"channel": {"rules": [{"channel": "", "when": []}]}}, "channel.rules"),
        ({"channel": {"rules": [{"channel": "a", "when": [{"property": "p", "op": "is"}]}]}}, "channel.rules.0.when.0"),
        ({"channel": {"rules": [{"channel": "a", "when": [{"property": "p", "op": "matches", "values": ["("]}]}]}}, "channel.rules.0.when.0"),
        ({"agent": {"bots": "ban"}}, "agent.bots"),
        ({"campaign": {"off": True}}, "campaign.off"),
    ],
)  # fmt: skip
def test_bad_rules_are_refused_with_their_place(rules: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_rules(rules)
    assert refused.value.code == "bad_rule"
    assert str(refused.value.field).startswith(field)


def test_an_unknown_enrichment_is_answered_with_the_nearest() -> None:
    with pytest.raises(TidewheelError) as refused:
        parse_rules({"chanel": {}})
    assert "channel" in str(refused.value.describe("en"))


def test_campaigns_are_read_from_addresses() -> None:
    found = told(
        {"page_url": "https://s.example/?UTM_Source=wx&utm_medium=&utm_campaign=d11#x", "utm_campaign": "own"}
    )
    assert found["utm_source"] == "wx"
    assert found["utm_campaign"] == "own"
    assert "utm_medium" not in found
    assert told({"page_referrer": "http://[bad/x"}) == {"page_referrer": "http://[bad/x"}


@pytest.mark.parametrize(
    ("agent", "browser", "system", "device"),
    [
        (USER_AGENTS[0], "Chrome", "Windows", "desktop"),
        (USER_AGENTS[2], "Mobile Safari", "iOS", "mobile"),
        (WECHAT, "WeChat Browser", "iOS", "mobile"),
        (HARMONY, "Chrome", "HarmonyOS", "mobile"),
        (CUBOT, "Android", "Android", "mobile"),
    ],
)
def test_user_agents_say_browser_system_and_device(
    agent: str, browser: str, system: str, device: str
) -> None:
    found = told({"user_agent": agent})
    assert (found["browser"], found["os"], found["device_type"]) == (browser, system, device)
    assert "bot" not in found


@pytest.mark.parametrize(
    "agent", [*BOT_AGENTS, "HeadlessChrome/140", "curl/8.0", "Uptime-Kuma UptimeRobot/2"]
)
def test_programs_are_left_out(agent: str) -> None:
    found = told({"user_agent": agent})
    assert found["bot"] is True
    assert found["left_out"] is True
    assert "left_out" not in told({"user_agent": agent}, agent={"bots": "mark"})
    assert "bot" not in told({"user_agent": agent}, agent={"never": [agent[:12]]})


def test_what_is_a_bot_can_be_said_and_added() -> None:
    assert told({"bot": True})["left_out"] is True
    assert told({"user_agent": USER_AGENTS[0]}, agent={"also": ["Windows NT 10.0"]})["left_out"] is True


def test_versions_tell_rules_apart() -> None:
    base = Rulebook({}).version
    assert base == Rulebook(parse_rules({})).version
    assert base != Rulebook(parse_rules({"agent": {"also": ["abc"]}})).version
    assert base != Rulebook(parse_rules({"agent": {"on": False}})).version
    assert set(ENRICHMENTS.all()) == {"agent", "campaign", "catalogue", "channel"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://Weixin.QQ.com/s?a=1", "weixin.qq.com"),
        ("m.baidu.com/s?word=1", "m.baidu.com"),
        ("//shop.example:8080/goods", "shop.example"),
        ("http://localhost/goods", "localhost"),
        ("pages/goods/index?id=1", None),
        ("packageA/pages/cart", None),
        ("/goods/1", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_only_addresses_have_hosts(address: str, expected: str | None) -> None:
    assert told({"page_referrer": address}).get("page_referrer_host") == expected
