"""A server and two collectors that share a lake: an erasure goes through the files of all, also of one that was killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crash.servers import Place
from tests.crash.test_collectors import send, until
from tests.scan import traces
from tidewheel.serve.privacy.certificate import holds

PHONE = "13912345678"
FRESH = "device-that-only-a-collector-knows"
NAME = "欧阳安娜测试"
WORDS = [PHONE, FRESH, NAME]
"""What must be in no byte; the device was named by a collector alone."""


def visit(place: Place, key: str, number: int, **who: str) -> None:
    """Somebody looks at a page, tells a name, and sends something that is refused."""
    told = {"set": {"name": NAME}} if who.get("phone") == PHONE else {}
    assert send(place, key, event="page_view", id=f"n{number}", who=who, person=told) == (200, "")
    assert send(place, key, event="page_view", id=f"bad{number}", who=who, time="never")[1]


def erase(server: Place) -> str:
    """Ask for her to be erased."""
    with server.client() as client:
        body = {"identifiers": [f"phone:{PHONE}"], "confirm": server.project, "reason": "letter 7"}
        reply = client.post(f"/api/v1/projects/{server.project}/erasures", json=body)
        assert reply.status_code == 202, reply.text
        return str(reply.json()["id"])


def told(server: Place, erasure: str) -> dict[str, Any]:
    """Return how far an erasure is."""
    with server.client() as client:
        found: dict[str, Any] = client.get(f"/api/v1/projects/{server.project}/erasures/{erasure}").json()
    return found


def states(server: Place, erasure: str) -> list[str]:
    """Return how far each process is, in the order of their folders."""
    parts = sorted(told(server, erasure)["processes"], key=lambda one: str(one["folder"]))
    return [one["state"] for one in parts]


@pytest.mark.slow
def test_no_byte_of_any_process_holds_her(tmp_path: Path) -> None:
    shared = {
        "TIDEWHEEL_LAKE": str(tmp_path / "lake"),
        "TIDEWHEEL_CATALOG_URL": f"sqlite:///{tmp_path / 'catalog.sqlite'}",
        "TIDEWHEEL_REFRESH_SECONDS": "0.2",
        "TIDEWHEEL_ERASURE_WAIT_SECONDS": "15",
        "TIDEWHEEL_DRAIN_SECONDS": "600",  # what waits in an inbox stays there until an erasure wants it
    }
    server, one, other = (Place(tmp_path / name, **shared) for name in ("c-server", "a-one", "b-other"))
    server.start()
    server.set_up()
    places = (server, one, other)
    try:
        one.start("collect", "--host", "127.0.0.2")
        other.start("collect", "--host", "127.0.0.3")
        for number, place in enumerate(places):
            visit(place, server.key, 10 * number, phone=PHONE)
            visit(place, server.key, 10 * number + 1, user="somebody-else")
        visit(one, server.key, 30, device=FRESH)
        visit(one, server.key, 31, device=FRESH, phone=PHONE)
        assert traces(tmp_path, WORDS)

        other.kill()
        asked = erase(server)
        until(lambda: states(server, asked) == ["waiting", "waiting", "erasing"])
        with server.client() as client:
            assert client.get(f"/api/v1/projects/{server.project}/people/phone:{PHONE}").status_code == 404
        until(lambda: told(server, asked)["state"] == "done")
        first = told(server, asked)["certificate"]
        assert holds(first)
        assert states(server, asked) == ["done", "missing", "done"]
        assert "unanswered" in first["left"]
        assert traces(tmp_path, WORDS)  # in the folder of the one that was killed, and nowhere else
        assert [trace for trace in traces(tmp_path, WORDS) if not trace.startswith("b-other")] == []

        other.start("collect", "--host", "127.0.0.3")
        until(lambda: states(server, asked) == ["done", "late", "done"])
        amended = told(server, asked)["certificate"]
        assert holds(amended)
        assert amended["replaces"] == first["hash"]
        assert "unanswered" not in amended["left"]
        assert traces(tmp_path, WORDS) == []

        for place in (one, other):
            place.stop()
        until(lambda: people(server) == 1)
        assert traces(tmp_path, WORDS) == []
        with server.client() as client:
            found = client.get(f"/api/v1/projects/{server.project}/people/user:somebody-else").json()
        assert found["events"] == len(places)
    finally:
        for place in places:
            place.kill()


def people(server: Place) -> int:
    """Return how many people there are."""
    with server.client() as client:
        return int(client.get(f"/api/v1/projects/{server.project}/people").json()["total"])
