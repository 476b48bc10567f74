"""What is torn in a Delta log is put aside; what is damaged beyond that is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tidewheel.core.errors import Unavailable
from tidewheel.store.lake import LakeTable
from tidewheel.store.mend import UNSETTLED, mend


def table(folder: Path, commits: int = 4) -> Path:
    """Make a table of some commits; returns its folder."""
    made = LakeTable(str(folder / "t"))
    for number in range(1, commits + 1):
        made.append(pa.table({"a": [number]}), application="x", version=number)
    return folder / "t"


def log(folder: Path, version: int, kind: str = "json") -> Path:
    return folder / "_delta_log" / f"{version:020}.{kind}"


def test_a_whole_log_is_left_alone(tmp_path: Path) -> None:
    folder = table(tmp_path)
    before = sorted((folder / "_delta_log").iterdir())
    assert mend(folder) == []
    assert sorted((folder / "_delta_log").iterdir()) == before
    assert mend(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    "tear",
    [
        lambda body: b"",
        lambda body: body[:-1],
        lambda body: body[: len(body) // 2],
        lambda body: body[:100] + bytes(len(body) - 100),
    ],
)
def test_a_torn_commit_and_what_follows_were_never_there(
    tmp_path: Path, tear: Callable[[bytes], bytes]
) -> None:
    folder = table(tmp_path)
    commit = log(folder, 3)
    commit.write_bytes(tear(commit.read_bytes()))
    opened = LakeTable(str(folder))
    assert (opened.version, opened.committed("x")) == (2, 2)
    assert log(folder, 3, "json.torn").exists()
    assert log(folder, 4, "json.torn").exists()
    assert opened.append(pa.table({"a": [3]}), application="x", version=3)
    assert sorted(LakeTable(str(folder)).read()["a"].to_pylist()) == [1, 2, 3]


def test_a_missing_commit_is_a_torn_one(tmp_path: Path) -> None:
    folder = table(tmp_path)
    log(folder, 4 - 1).unlink()
    assert LakeTable(str(folder)).committed("x") == 2


def test_a_torn_checkpoint_gives_way_to_the_commits(tmp_path: Path) -> None:
    folder = table(tmp_path, 50)
    checkpoint = log(folder, 50, "checkpoint.parquet")
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(whole[: len(whole) // 2])
    opened = LakeTable(str(folder))
    assert (opened.version, opened.committed("x"), len(opened.files())) == (50, 50, 50)
    assert not checkpoint.exists()
    pointer = folder / "_delta_log" / "_last_checkpoint"
    assert not pointer.exists()


def test_a_log_that_lost_more_than_its_end_is_damaged(tmp_path: Path) -> None:
    folder = table(tmp_path, UNSETTLED + 2)
    log(folder, 1).write_bytes(b"{")
    with pytest.raises(Unavailable) as caught:
        LakeTable(str(folder))
    assert caught.value.code == "lake_damaged"
    assert log(folder, 1).exists()


def test_checkpoints_of_other_engines_are_left_to_them(tmp_path: Path) -> None:
    folder = table(tmp_path)
    (folder / "_delta_log" / f"{2:020}.checkpoint.0000000001.0000000002.parquet").write_bytes(b"theirs")
    log(folder, 4).write_bytes(b"")
    assert mend(folder) == []
