"""Derived files are used when they are whole and made from what is asked for; otherwise they are as if not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tidewheel.store.columns.derived import Arrays, Drawer, Wanted

KEY = {"of": ["a", "b"], "count": 3}


def fill(arrays: Arrays) -> None:
    arrays["small"][:3] = [1, 2, 3]
    arrays["wide"][:] = np.arange(20, dtype=np.uint32).reshape(5, 4)


def made(folder: Path | None) -> Arrays:
    wanted = {
        "small": Wanted(np.int8, (3,), 1000),
        "none": Wanted(np.int64, (0,)),
        "wide": Wanted(np.uint32, (5, 4)),
    }
    return Drawer(folder).make("thing", KEY, wanted, fill)


def test_what_is_kept_is_found_under_its_key(tmp_path: Path) -> None:
    for arrays in (made(tmp_path), made(None)):
        assert arrays["small"][:4].tolist() == [1, 2, 3, 0]
        assert len(arrays["small"]) == 1000
        assert arrays["none"].tolist() == []
        assert arrays["wide"][4].tolist() == [16, 17, 18, 19]
    found = Drawer(tmp_path).find("thing", lambda key: key == KEY)
    assert found is not None
    assert found[0] == KEY
    assert found[1]["wide"].tolist() == np.arange(20).reshape(5, 4).tolist()
    assert Drawer(tmp_path).find("thing", lambda key: key["count"] == 4) is None
    assert Drawer(tmp_path).find("other", lambda key: True) is None
    assert Drawer(None).find("thing", lambda key: True) is None


def test_what_is_written_into_an_array_stays_in_the_process(tmp_path: Path) -> None:
    made(tmp_path)["wide"][:] = 7
    found = Drawer(tmp_path).find("thing", lambda key: True)
    assert found is not None
    found[1]["small"][5] = 9
    again = Drawer(tmp_path).find("thing", lambda key: True)
    assert again is not None
    assert again[1]["wide"][0].tolist() == [0, 1, 2, 3]
    assert again[1]["small"][5] == 0


def test_any_cut_and_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    made(tmp_path)
    path = tmp_path / "thing.derived"
    whole = path.read_bytes()
    room = whole.index(bytes([1, 2, 3]) + bytes(61)) + 3  # what is behind the used part may be anything
    for cut in (0, 7, 23, 24, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert Drawer(tmp_path).find("thing", lambda key: True) is None
    path.write_bytes(whole + b"\0")
    assert Drawer(tmp_path).find("thing", lambda key: True) is None
    size = int.from_bytes(whole[8:16], "little")
    meant = [*range(32 + size), *range(room - 3, room), *range(len(whole) - 128, len(whole) - 48)]
    for place in meant:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        found = Drawer(tmp_path).find("thing", lambda key: True)
        assert found is None, place


def test_a_failure_while_filling_leaves_what_was_there(tmp_path: Path) -> None:
    made(tmp_path)

    def fail(arrays: Arrays) -> None:
        arrays["one"][:] = 1
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        Drawer(tmp_path).make("thing", {}, {"one": Wanted(np.int8, (8,))}, fail)
    assert [path.name for path in tmp_path.iterdir()] == ["thing.derived"]
    assert Drawer(tmp_path).find("thing", lambda key: key == KEY) is not None


def test_sweeping_spares_what_is_named(tmp_path: Path) -> None:
    for name in ("links-a", "links-b", "runs"):
        Drawer(tmp_path).make(name, {}, {"one": Wanted(np.int8, (8,))}, lambda arrays: None)
    Drawer(tmp_path).sweep("links-", ["links-b"])
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["links-b", "runs"]
