from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.store.builders import event, settings
from tidewheel.core.errors import BadInput, Conflict
from tidewheel.store.storehouse import Storehouse


def test_projects_are_apart(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        house.project("a").append([event(1)]).result()
        house.project("b").append([event(1), event(2)]).result()
        for name, count in (("a", 1), ("b", 2)):
            house.project(name).sync()
            assert house.project(name).snapshot().rows == count
        assert house.stored() == ["a", "b"]
        assert house.project("a") is house.project("a")


def test_closing_drains(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        house.project("a").append([event(1)]).result()
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        assert house.project("a").inbox.depth == 0
        assert house.project("a").snapshot().rows == 1


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)):
        with pytest.raises(Conflict) as caught:
            Storehouse.open(tmp_path, settings(tmp_path))
        assert caught.value.code == "home_in_use"
        assert "TIDEWHEEL_HOME" in str(caught.value)
        Storehouse.open(tmp_path, settings(tmp_path), read_only=True).close()
    Storehouse.open(tmp_path, settings(tmp_path)).close()


def test_the_lock_goes_with_the_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tidewheel.store.lock import HomeLock;"
        "lock = HomeLock(Path(sys.argv[1])); import os; os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    Storehouse.open(tmp_path, settings(tmp_path)).close()


def test_deleting_a_project_leaves_no_fact(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        house.project("a").append([event(1, properties={"secret": "s3cr3t"})]).result()
        house.project("a").flush()
        house.project("b").append([event(1)]).result()
        house.delete("a")
        assert house.stored() == ["b"]
        assert house.project("a").snapshot().rows == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"s3cr3t" in path.read_bytes() for path in files)


def test_a_lake_elsewhere(tmp_path: Path) -> None:
    lake = tmp_path / "bucket"
    for _ in range(2):
        with Storehouse(tmp_path / "home", settings(tmp_path), lake_url=lake.as_uri()) as house:
            house.project("a").append([event(1)]).result()
            house.project("a").flush()
            assert house.project("a").snapshot().rows == 1
    assert list(lake.rglob("*.parquet"))
    with Storehouse(tmp_path / "home", settings(tmp_path), lake_url=lake.as_uri()) as house:
        house.delete("a")
    assert not list(lake.rglob("*.parquet"))


@pytest.mark.parametrize("name", ["", "..", "a/b", ".deleted", "x" * 65, "中文"])
def test_ids_that_are_no_folder_names_are_refused(tmp_path: Path, name: str) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house, pytest.raises(BadInput) as caught:
        house.project(name)
    assert caught.value.field == "project"
    assert str(caught.value)


def test_a_reader_deletes_nothing(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        house.project("a").append([event(1)]).result()
    with Storehouse.open(tmp_path, settings(tmp_path), read_only=True) as house, pytest.raises(Conflict):
        house.delete("a")
