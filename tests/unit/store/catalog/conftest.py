"""Every test of the catalog runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.api.shop import Time
from tests.new_catalog import new_catalog
from tests.postgres import postgres
from tidewheel.store.catalog import Catalog


@pytest.fixture(scope="session", name="postgres")
def _postgres() -> Iterator[str]:
    """Run one server for all; yields its address without a database."""
    with postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'catalog.sqlite'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"catalog_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    if url.startswith("sqlite:///"):
        new_catalog(Path(url.removeprefix("sqlite:///")))
    catalog = Catalog(url, Time())
    yield catalog
    catalog.close()
