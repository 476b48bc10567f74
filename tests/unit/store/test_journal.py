"""Codes outlive the process, and a torn end costs only what was in it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tidewheel.store.columns.journal import Journal
from tidewheel.store.columns.strings import Interner


def grown(path: Path, *batches: list[str]) -> tuple[Interner, Journal]:
    interner = Interner()
    journal = Journal(path, interner)
    for batch in batches:
        interner.codes(pa.array(batch, pa.string()), add=True)
        journal.keep()
    return interner, journal


def test_codes_are_the_same_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "actors.journal"
    words = [f"user:{n}" for n in range(5000)] + ["", "直播"]
    first, before = grown(path, words[:100], words[50:], [])
    again, after = grown(path)
    assert after.known == len(first) == len(again)
    assert after.lineage == before.lineage
    assert again.all() == first.all()
    assert (again.codes(pa.array(words), add=True) == first.codes(pa.array(words), add=True)).all()
    grown(path, ["device:new"])
    assert grown(path)[0].all() == [*first.all(), "device:new"]


@pytest.mark.parametrize("cut", [0, 5, 39, 41, 70, -1])
def test_a_torn_journal_begins_another_lineage(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "actors.journal"
    _, before = grown(path, ["a", "b"], ["c" * 100])
    path.write_bytes(path.read_bytes()[:cut])
    again, journal = grown(path, ["d"])
    assert journal.known == 0
    assert journal.lineage != before.lineage
    last, after = grown(path)
    assert last.all() == again.all()
    assert after.lineage == journal.lineage


def test_a_block_of_zeros_or_of_other_bytes_is_no_block(tmp_path: Path) -> None:
    path = tmp_path / "actors.journal"
    grown(path, ["a", "b"], ["cc", "dd"])
    whole = path.read_bytes()
    for spoiled in (whole + bytes(500), whole[:-1] + bytes([whole[-1] ^ 1])):
        path.write_bytes(spoiled)
        assert grown(path)[1].known == 0


def test_codes_of_a_journal_that_lost_whole_blocks_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "actors.journal"
    _, before = grown(path, ["a", "b"])
    short = path.read_bytes()
    grown(path, ["c"])
    path.write_bytes(short)
    interner, journal = grown(path)
    assert (journal.known, journal.lineage) == (2, before.lineage)
    journal.renew()  # what a file with code 2 brings about
    interner.codes(pa.array(["d"]), add=True)
    journal.keep()
    last, after = grown(path)
    assert after.lineage == journal.lineage != before.lineage
    assert last.all() == ["a", "b", "d"]
