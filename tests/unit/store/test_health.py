from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.builders import event, settings
from tidewheel.store.health import check_store
from tidewheel.store.project import ProjectStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectStore]:
    opened = ProjectStore(tmp_path / "shop", settings(tmp_path, inbox_max_events=10))
    yield opened
    opened.close()


def test_a_fresh_store_is_well(store: ProjectStore) -> None:
    checks = check_store(store)
    assert [(check.name, check.state) for check in checks] == [
        (name, "ok") for name in ("inbox", "tail", "drain", "lake")
    ]


def test_figures(store: ProjectStore) -> None:
    store.append([event(1), event(2)]).result()
    store.flush()
    store.append([event(3)]).result()
    store.sync()
    values = {check.name: check.values for check in check_store(store)}
    assert values["inbox"]["depth"] == 1
    assert values["tail"]["rows"] == 1


def test_a_filling_inbox_warns(store: ProjectStore) -> None:
    store.append([event(key) for key in range(6)]).result()
    assert {check.name: check.state for check in check_store(store)}["inbox"] == "warn"


def test_errors_of_the_background_are_shown(store: ProjectStore) -> None:
    store.tail_error = store.drain_error = "Unavailable: disk"
    found = {check.name: check for check in check_store(store)}
    assert (found["tail"].state, found["drain"].state) == ("fail", "fail")
    assert found["drain"].values == {"why": "Unavailable: disk"}
