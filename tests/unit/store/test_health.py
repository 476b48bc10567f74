from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.builders import event, settings
from tidewheel.store.health import check_disk, check_store, worst
from tidewheel.store.project import ProjectStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectStore]:
    opened = ProjectStore(tmp_path / "shop", settings(tmp_path, inbox_max_events=10))
    yield opened
    opened.close()


def test_a_fresh_store_is_well(store: ProjectStore) -> None:
    checks = check_store(store)
    assert worst(checks) == "ok"
    assert [check.name for check in checks] == ["inbox", "tail", "drain", "lake", "columns"]
    for check in checks:
        assert all(check.describe(language)["message"] for language in ("en", "zh"))


def test_figures(store: ProjectStore) -> None:
    store.append([event(1), event(2)]).result()
    store.flush()
    store.append([event(3)]).result()
    store.sync()
    values = {check.name: check.values for check in check_store(store)}
    assert values["inbox"]["depth"] == 1
    assert values["tail"]["rows"] == 1
    assert (values["lake"]["rows"], values["lake"]["files"]) == (2, 1)
    assert values["columns"]["rows"] == 3


def test_a_filling_inbox_warns_then_fails(store: ProjectStore) -> None:
    store.append([event(key) for key in range(6)]).result()
    assert {check.name: check.state for check in check_store(store)}["inbox"] == "warn"
    store.append([event(key) for key in range(4)]).result()
    assert {check.name: check.state for check in check_store(store)}["inbox"] == "fail"


def test_errors_of_the_background_are_shown(store: ProjectStore) -> None:
    store.tail_error = store.drain_error = "Unavailable: disk"
    found = {check.name: check for check in check_store(store)}
    assert (found["tail"].state, found["drain"].state) == ("fail", "fail")
    assert "Unavailable: disk" in found["drain"].describe()["message"]
    assert worst(list(found.values())) == "fail"


def test_disk(tmp_path: Path) -> None:
    check = check_disk(tmp_path)
    assert check.values["total_gib"] > 0
    assert check.describe("zh")["message"].startswith("共")
