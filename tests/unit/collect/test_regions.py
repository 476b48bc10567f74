"""Where addresses are, by files in both formats; what a request tells of its visitor."""

from __future__ import annotations

import ipaddress
import struct
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from tidewheel.collect.contract import Arrival
from tidewheel.collect.intake import take_events
from tidewheel.collect.regions import Regions, open_regions
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import BadInput

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"
HANGZHOU = {"country": "中国", "region": "浙江省", "city": "杭州市"}
TABLES = {
    2: [
        ("115.192.0.0", "115.255.255.255", "中国|0|浙江省|杭州市|电信"),
        ("8.8.8.0", "8.8.8.255", "美国|0|0|0|0"),
    ],
    3: [
        ("115.192.0.0", "115.255.255.255", "中国|浙江省|杭州市|电信|CN"),
        ("8.8.8.0", "8.8.8.255", "美国|0|0|0|US"),
    ],
}


def xdb(path: Path, structure: int) -> Path:
    """Write a file in ip2region's format: header, vector index, texts, segment index (see its README)."""
    texts, segments = b"", []
    start = 256 + 256 * 256 * 8
    for first, last, text in TABLES[structure]:
        raw = text.encode()
        low, high = (int(ipaddress.ip_address(one)) for one in (first, last))
        for prefix in range(low >> 16, (high >> 16) + 1):
            inside = max(low, prefix << 16), min(high, (prefix << 16) | 0xFFFF)
            segments.append((prefix, struct.pack("<IIHI", *inside, len(raw), start + len(texts))))
        texts += raw
    vector, at = bytearray(256 * 256 * 8), start + len(texts)
    for number, (prefix, _) in enumerate(segments):
        struct.pack_into("<II", vector, prefix * 8, at + number * 14, at + number * 14)
    header = struct.pack("<HHIIIHH", structure, 1, 0, at, at + 14 * (len(segments) - 1), 4, 4).ljust(
        256, b"\0"
    )
    path.write_bytes(header + bytes(vector) + texts + b"".join(one for _, one in segments))
    return path


def mmdb(path: Path) -> Path:
    writer: Any = MMDBWriter(4, "Test-City", languages=["zh-CN", "en"], description="test")
    place = {
        "country": {"names": {"zh-CN": "中国", "en": "China"}},
        "subdivisions": [{"names": {"zh-CN": "浙江省"}}],
        "city": {"names": {"zh-CN": "杭州市", "en": "Hangzhou"}},
    }
    writer.insert_network(IPSet(["115.192.0.0/10"]), place)
    writer.insert_network(IPSet(["8.8.8.0/24"]), {"country": {"names": {"en": "United States"}}})
    writer.to_db_file(str(path))
    return path


@pytest.fixture(params=["xdb2", "xdb3", "mmdb"])
def regions(request: pytest.FixtureRequest, tmp_path: Path) -> Regions:
    made = request.param
    path = mmdb(tmp_path / "c.mmdb") if made == "mmdb" else xdb(tmp_path / "c.xdb", int(made[-1]))
    return open_regions(path)


def test_addresses_are_found(regions: Regions) -> None:
    assert regions.find("115.200.1.2") == HANGZHOU
    assert list(regions.find("8.8.8.8")) == ["country"]
    for nowhere in ("1.1.1.1", "10.0.0.1", "127.0.0.1", "::1", "2400:3200::1", "no address", ""):
        assert regions.find(nowhere) == {}


@pytest.mark.parametrize("name", ["a.mmdb", "a.xdb", "none.mmdb"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, name: str) -> None:
    if not name.startswith("none"):
        (tmp_path / name).write_bytes(b"not a database")
    with pytest.raises(BadInput) as refused:
        open_regions(tmp_path / name)
    assert refused.value.code == "bad_regions"


def taken(properties: dict[str, Any], **arrival: Any) -> dict[str, Any]:
    event = WireEvent("page_view", 1_795_000_000_000, "e1", {"device": "d"}, properties)
    kept = take_events([event], Arrival("web", 1_795_000_000_000, **arrival))
    assert not kept.rejected
    return kept.events[0].properties


def test_a_browsers_request_tells_browser_and_region(regions: Regions) -> None:
    from_browser: dict[str, Any] = {"agent": BROWSER, "address": "115.200.1.2", "regions": regions}
    assert taken({}, **from_browser) == {"user_agent": BROWSER, **HANGZHOU}
    assert taken({"user_agent": "own", "city": "上海"}, **from_browser) == {
        "user_agent": "own",
        "city": "上海",
    }
    assert taken({}, agent="python-requests/2", address="115.200.1.2", regions=regions) == {}
    assert taken({}, agent=BROWSER) == {"user_agent": BROWSER}


def test_an_events_own_address_counts_whoever_sends_it(regions: Regions) -> None:
    sent = {"ip": "115.200.1.2"}
    assert taken(sent, agent="okhttp/4", address="8.8.8.8", regions=regions) == {**sent, **HANGZHOU}
    assert taken(sent, agent=BROWSER, address="8.8.8.8", regions=regions)["city"] == "杭州市"
    assert taken({"ip": "10.0.0.1"}, regions=regions) == {"ip": "10.0.0.1"}
