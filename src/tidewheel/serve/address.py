"""Where a running server is found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server of a data folder is reached from this machine, and with what token."""

    url: str
    token: str


def address_file(home: Path) -> Path:
    """Return the file that only the owner of the data folder can read."""
    return home / "server.json"


def read_address(home: Path) -> Address | None:
    """Return where the running server says it is, None when there is none."""
    try:
        said = json.loads(address_file(home).read_text())
        return Address(url=str(said["url"]), token=str(said["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
