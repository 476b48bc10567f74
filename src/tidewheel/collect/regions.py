"""Where an IP address is, by a file of the operator's: MaxMind's format (.mmdb) or ip2region's (.xdb).

The address itself is not kept; what it says is country, region and city as far as the file knows them.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

PLACES: Final = ("country", "region", "city")
"""The properties an address is read into."""
Place = Mapping[str, str]
NOWHERE: Final[Place] = {}


class Regions(Protocol):
    """Finds where addresses are."""

    def find(self, address: str) -> Place:
        """Return country, region and city as far as they are known; empty for private and unknown addresses."""


def open_regions(path: Path) -> Regions:
    """Open a file of places; raises BadInput when it is none."""
    try:
        return _MaxMind(path) if path.suffix == ".mmdb" else _Ip2Region(path)
    except Exception as error:
        raise BadInput(
            "bad_regions",
            Text("{path} cannot be read as a file of places: {why}.", "无法读取地域文件 {path}：{why}。"),
            field="TIDEWHEEL_REGIONS",
            got=str(path),
            expected="*.mmdb, *.xdb",
            hint=Text(
                "Use a city file in MaxMind's format (.mmdb) or ip2region's (.xdb).",
                "请使用 MaxMind 格式（.mmdb）或 ip2region 格式（.xdb）的城市库文件。",
            ),
            path=str(path),
            why=str(error)[:200] or type(error).__name__,
        ) from error


class _MaxMind:
    def __init__(self, path: Path) -> None:
        import maxminddb  # noqa: PLC0415 - only where there is such a file

        self._reader = maxminddb.open_database(path)
        self.find = lru_cache(maxsize=50_000)(self._find)

    def _find(self, address: str) -> Place:
        if not _public(address):
            return NOWHERE
        try:
            found: Any = self._reader.get(address)
        except ValueError:  # of a family that the file does not hold
            return NOWHERE
        if not isinstance(found, dict):
            return NOWHERE
        divisions = found.get("subdivisions") or [None]
        return _place(_name(found.get("country")), _name(divisions[0]), _name(found.get("city")))


class _Ip2Region:
    """Structure 2.0 says country|area|region|city|provider, 3.0 country|region|city|provider; 0: not known."""

    def __init__(self, path: Path) -> None:
        from ip2region import searcher, util  # noqa: PLC0415 - only where there is such a file

        with path.open("rb") as file:
            util.verify(file)
            header = util.load_header(file)
        version = util.version_from_header(header)
        self._fields = (0, 2, 3) if header.version == util.XdbStructure20 else (0, 1, 2)
        self._bytes: int = version.byte_num
        self._searcher = searcher.new_with_buffer(version, path.read_bytes())
        self._lock = threading.Lock()
        self.find = lru_cache(maxsize=50_000)(self._find)

    def _find(self, address: str) -> Place:
        if not _public(address) or len(ipaddress.ip_address(address).packed) != self._bytes:
            return NOWHERE
        with self._lock:
            parts = [*str(self._searcher.search(address)).split("|"), *[""] * 4]
        return _place(*("" if parts[at] == "0" else parts[at] for at in self._fields))


def _place(*found: str) -> Place:
    return {name: value for name, value in zip(PLACES, found, strict=True) if value}


def _name(held: Any) -> str:
    names = held.get("names") if isinstance(held, dict) else None
    if not isinstance(names, dict):
        return ""
    return str(names.get("zh-CN") or names.get("en") or "")


def _public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
