"""Opening, migrating, concurrent writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from tests.api.shop import NOW
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.store.catalog import Catalog, boards, migrations, projects
from tidewheel.store.catalog.tables import Base


def test_migrations_make_the_tables_of_the_models(catalog: Catalog) -> None:
    with catalog.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_keeps_what_is_there(catalog: Catalog, url: str) -> None:
    with catalog.write() as db:
        projects.add(db, name="Shop", time_zone="UTC", currency="CNY", week_start=0, now=NOW)
    again = Catalog(url)
    with again.read() as db:
        assert [project.name for project in projects.listed(db)] == ["Shop"]
    again.check()
    again.close()


def test_opening_what_is_up_to_date_waits_for_no_writer(catalog: Catalog, url: str) -> None:
    with catalog.write() as db:
        projects.add(db, name="Shop", time_zone="UTC", currency="CNY", week_start=0, now=NOW)
        again = Catalog(url)
        with again.read() as other:
            assert projects.listed(other) == []
    again.close()


def test_an_older_catalog_is_brought_forward(catalog: Catalog, url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    with catalog.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) != []
    newer = Catalog(url)
    with newer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    newer.close()


def test_several_processes_may_open_a_new_catalog_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Catalog(url), range(4)))
    for catalog in opened:
        catalog.close()


def test_writers_wait_for_one_another(catalog: Catalog) -> None:
    with catalog.write() as db:
        projects.add(db, name="Shop", time_zone="UTC", currency="CNY", week_start=0, now=NOW)
        board = boards.add(db, project_id="shop", name="", tiles=[], by=None, now=NOW).id

    def grow(_: int) -> None:
        with catalog.write() as db:
            found = boards.get(db, "shop", board)
            db.refresh(found, with_for_update=True)
            found.tiles = [*found.tiles, 1]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(grow, range(40)))
    with catalog.read() as db:
        assert len(boards.get(db, "shop", board).tiles) == 40


def test_an_error_undoes_the_transaction(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.write() as db:
            projects.add(db, name="Shop", time_zone="UTC", currency="CNY", week_start=0, now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with catalog.read() as db:
        assert projects.listed(db) == []


@pytest.mark.parametrize("bad", ["nonsense", "oracle+nothing://x", "sqlite+what:///x"])
def test_an_address_that_cannot_be_used_is_told(bad: str) -> None:
    with pytest.raises(BadInput) as caught:
        Catalog(bad)
    assert caught.value.code == "bad_catalog_url"


def test_a_database_that_is_away_is_told_without_its_password() -> None:
    with pytest.raises(Unavailable) as caught:
        Catalog("postgresql://me:secret@127.0.0.1:1/none")
    assert caught.value.code == "catalog_unavailable"
    assert "secret" not in str(caught.value.describe())
