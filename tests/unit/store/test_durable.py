"""What is made once in a data folder."""

from __future__ import annotations

import stat
from pathlib import Path

from tidewheel.store.durable import kept_private


def test_of_two_who_make_it_at_the_same_time_one_counts(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    seen = []

    def slow() -> str:
        seen.append(kept_private(file, lambda: "the other's"))
        return "mine"

    seen.append(kept_private(file, slow))
    seen.append(kept_private(file, lambda: "too late"))
    assert seen == ["the other's"] * 3
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
