"""Files of a folder, a bucket and an SFTP server: which are read, in what order, and what is said of bad ones."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paramiko
import pyarrow.fs as pafs
import pytest

from tests.object_store import BUCKET, KEY, SECRET, object_store
from tests.sftp import PASSWORD, USER, sftp
from tests.unit.collect.pulled import NOW, Facts, read, world
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.pull import CONNECTORS, Connector
from tidewheel.collect.pull.files import matcher
from tidewheel.core.errors import TidewheelError

HOUR = 3_600_000
HEAD = "user,event,time\n"
MAPPING = Mapping(who={"user": "user"}, what="event", when="time")


class Place:
    """A place with files in it, whatever its kind."""

    def __init__(self, kind: str, settings: dict[str, Any], put: Callable[[str, bytes], None]) -> None:
        self.connector: Connector = CONNECTORS.get(kind)()
        self._settings, self._put = {"settle_seconds": 0, **settings}, put

    def put(self, name: str, *lines: str) -> None:
        self._put(name, (HEAD + "".join(f"{line}\n" for line in lines)).encode())

    def __call__(self, **more: Any) -> Any:
        return self.connector.Place.model_validate({**self._settings, **more})


@pytest.fixture(scope="module")
def store() -> Iterator[dict[str, str]]:
    with object_store() as variables:
        yield variables


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "files"
    folder.mkdir()
    stamp = [NOW - 9 * HOUR]

    def put(name: str, body: bytes) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        stamp[0] += 60_000
        os.utime(path, (stamp[0] / 1000, stamp[0] / 1000))

    if request.param == "folder":
        yield Place("folder", {"folder": str(folder)}, put)
    elif request.param == "sftp":
        own = paramiko.ECDSAKey.generate()
        with sftp(folder, own) as (port, key):
            shown = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
            settings = {"host": "127.0.0.1", "port": port, "user": USER, "password": PASSWORD, "folder": "/"}
            yield Place("sftp", settings | {"host_key": f"SHA256:{shown}"}, put)
    else:
        variables = request.getfixturevalue("store")
        prefix = f"in/{tmp_path.name}"
        endpoint = variables["AWS_ENDPOINT_URL"]
        system = pafs.S3FileSystem(
            access_key=KEY,
            secret_key=SECRET,
            endpoint_override=endpoint.removeprefix("http://"),
            scheme="http",
        )

        def upload(name: str, body: bytes) -> None:
            with system.open_output_stream(f"{BUCKET}/{prefix}/{name}") as out:
                out.write(body)

        settings = {
            "bucket": BUCKET,
            "prefix": prefix,
            "endpoint": endpoint,
            "access_key": KEY,
            "secret_key": SECRET,
        }
        yield Place("s3", settings, upload)


KINDS = ["folder", "sftp", pytest.param("s3", marks=pytest.mark.s3)]
everywhere = pytest.mark.parametrize("place", KINDS, indirect=True)


@everywhere
def test_new_and_changed_files_are_read(place: Place, tmp_path: Path) -> None:
    here = world(tmp_path)
    later = type(here)(here.folders, here.scratch, lambda: 2**50)
    place.put("a.csv", "u1,login,2026-11-01 10:00:00")
    place.put("sub/b.csv", "u2,login,2026-11-01 10:00:00")
    place.put(".hidden.csv", "u9,login,2026-11-01 10:00:00")
    place.put("c.txt.part", "u9,login,2026-11-01 10:00:00")
    facts = Facts()
    cursor = read(place.connector, place(pattern="**"), later, "events", MAPPING, facts, {})
    assert sorted(one.actor for one in facts.kept.values()) == ["user:u1", "user:u2"]
    assert sorted(cursor["files"]) == ["a.csv", "sub/b.csv"]
    assert list(place.connector.read(place(pattern="**"), cursor, later)) == []
    place.put("a.csv", "u1,login,2026-11-01 10:00:00", "u3,login,2026-11-01 10:00:00")
    [batch] = place.connector.read(place(pattern="**"), cursor, later)
    assert batch.label == "a.csv"
    cursor = read(place.connector, place(pattern="**"), later, "events", MAPPING, facts, cursor)
    assert len(facts.kept) == 3
    assert not any(here.scratch.iterdir()), "copies are left behind"


@everywhere
def test_what_is_there_is_shown(place: Place, tmp_path: Path) -> None:
    place.put("a.csv", "u1,login,2026-11-01 10:00:00")
    place.put("b.bin", "\0\1\2")
    found = {one.name: one for one in place.connector.discover(place(), world(tmp_path))}
    assert found["a.csv"].rows[0].cells["user"] == "u1"
    assert found["a.csv"].settings == {"pattern": "a.csv"}
    assert place.connector.check(place(pattern="*.csv"), world(tmp_path)).en == "Connected. 1 files to read."
    assert "yet" in place.connector.check(place(pattern="*.xlsx"), world(tmp_path)).en


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_a_file_that_may_still_grow_waits(place: Place, tmp_path: Path) -> None:
    place.put("a.csv", "u1,login,2026-11-01 10:00:00")
    here = world(tmp_path)
    assert list(place.connector.read(place(settle_seconds=86_400), {}, here)) == []
    assert len(list(place.connector.read(place(settle_seconds=3_600), {}, here))) == 1


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_any_order_of_kills_gives_the_same_facts(place: Place, tmp_path: Path) -> None:
    for number in range(6):
        lines = [f"u{n % 3},login,2026-11-01 10:{n % 5:02d}:00" for n in range(number, number + 20)]
        place.put(f"{number}.csv", *lines)
    clean, broken = Facts(), Facts()
    end = read(place.connector, place(), world(tmp_path), "events", MAPPING, clean, {})
    for seed in range(20):
        dice = random.Random(seed)
        assert read(place.connector, place(), world(tmp_path), "events", MAPPING, broken, {}, dice) == end
        assert broken.said() == clean.said()


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_a_newer_list_of_people_holds_though_it_says_no_time(place: Place, tmp_path: Path) -> None:
    facts, cursor = Facts(), {"files": dict[str, str]()}
    mapping = Mapping(who={"user": "user"}, fields={"level": "event"}, exclude=["time"])
    for level in ("gold", "silver", "gold"):
        place.put("members.csv", f"u1,{level},")
        cursor = read(place.connector, place(), world(tmp_path), "people", mapping, facts, cursor)
    said = sorted(facts.kept.values(), key=lambda one: one.time)
    assert [one.properties["level"] for one in said] == ["gold", "silver", "gold"]


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_going_back_reads_what_changed_since(place: Place, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        place.put(f"{name}.csv", f"{name},login,2026-11-01 10:00:00")
    here = world(tmp_path)
    cursor = read(place.connector, place(), here, "events", MAPPING, Facts(), {})
    back = place.connector.back(cursor, NOW - 9 * HOUR + 120_000, "UTC")
    assert [batch.label for batch in place.connector.read(place(), back, here)] == ["b.csv", "c.csv"]


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("*.csv", ["a.csv"], ["a/b.csv", "a.csv.gz"]),
        ("**/*.csv", ["a.csv", "x/y/a.csv"], ["a.txt"]),
        ("2026-??/*.csv", ["2026-11/a.csv"], ["2026-11/x/a.csv", "2026-1/a.csv"]),
        ("**", ["a", "x/y"], []),
        ("orders (1).csv", ["orders (1).csv"], ["orders 1.csv"]),
    ],
)
def test_patterns(pattern: str, fits: list[str], does_not: list[str]) -> None:
    test = matcher(pattern)
    assert all(test(path) for path in fits)
    assert not any(test(path) for path in does_not)


@pytest.mark.parametrize("place", ["sftp"], indirect=True)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "wrong"}, "sign_in_refused"),
        ({"host_key": None}, "unknown_host_key"),
        ({"host_key": "SHA256:AAAA"}, "other_host_key"),
        ({"folder": "/nowhere"}, "no_such_folder"),
        ({"port": 9}, "host_unreachable"),
        ({"private_key": "no key"}, "bad_private_key"),
    ],
)
def test_what_is_wrong_with_an_sftp_server_is_said(
    place: Place, tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(TidewheelError) as refused:
        place.connector.check(place(**change), world(tmp_path))
    assert refused.value.code == code
    assert PASSWORD not in str(refused.value.describe())


def test_a_key_signs_in(tmp_path: Path) -> None:
    own = paramiko.ECDSAKey.generate()
    text = io.StringIO()
    own.write_private_key(text)
    (tmp_path / "a.csv").write_text(HEAD)
    connector = CONNECTORS.get("sftp")
    with sftp(tmp_path, own) as (port, key):
        shown = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode()
        settings = {
            "host": "127.0.0.1",
            "port": port,
            "user": USER,
            "private_key": text.getvalue(),
            "folder": "/",
        }
        place = connector.Place.model_validate(settings | {"host_key": f"SHA256:{shown}"})
        assert connector().check(place, world(tmp_path)).en == "Connected. 1 files to read."


@pytest.mark.s3
@pytest.mark.parametrize("place", ["s3"], indirect=True)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bucket": "nowhere"}, "no_such_bucket"),
        ({"secret_key": "wrong"}, "storage_refused"),
        ({"endpoint": "http://127.0.0.1:9"}, "storage_unreachable"),
    ],
)
def test_what_is_wrong_with_a_bucket_is_said(
    place: Place, tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(TidewheelError) as refused:
        place.connector.check(place(**change), world(tmp_path))
    assert refused.value.code == code
    assert SECRET not in str(refused.value.describe())
