"""What the demo shop's staff keep at hand can be opened: every tile has an answer, every segment somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from tests.contract.shop import asking, shop
from tests.new_catalog import new_catalog
from tidewheel.analyse.run import ask, people_behind
from tidewheel.core.settings import Settings
from tidewheel.core.text import Language
from tidewheel.serve import demo_goals, demo_room, demo_shop
from tidewheel.serve.api.boards import Tile
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Catalog, alerts, boards, projects, segments

LANGUAGES = get_args(Language)
TILES = [tile for _, tiles in demo_room.BOARDS for tile in tiles]


@pytest.mark.slow
@pytest.mark.parametrize("tile", TILES, ids=lambda tile: tile[0].en)
def test_a_tile_has_an_answer(tile: demo_room.Tile) -> None:
    found = ask(shop(), tile[1], tile[2], asking())
    assert found.provenance.events
    assert not found.warnings


@pytest.mark.slow
@pytest.mark.parametrize("segment", demo_room.SEGMENTS, ids=lambda one: one[0].en)
def test_somebody_is_in_a_segment(segment: Any) -> None:
    _, kind, params, cell = segment
    _, people = people_behind(shop(), kind, params, cell, asking(), None)
    assert len(people) > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_has_what_the_pages_read(language: Language, tmp_path: Path) -> None:
    new_catalog(tmp_path / "catalog.sqlite")
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    with catalog.write() as db:
        projects.add(
            db, name="Shop", wanted="shop", time_zone="Asia/Shanghai", currency="CNY", week_start=0, now=1
        )
    demo_room.add(catalog, "shop", language, 2)
    demo_room.add(catalog, "shop", language, 3)  # as after a start that ended in the middle
    with catalog.read() as db:
        kept = boards.listed(db, "shop")
        assert sorted(board.name for board in kept) == sorted(
            name.say(language) for name, _ in demo_room.BOARDS
        )
        for board in kept:
            tiles = [Tile.model_validate(tile) for tile in board.tiles]
            assert len({tile.id for tile in tiles}) == len(tiles)
            assert not overlapping(tiles)
            assert all(tile.x + tile.w <= 12 for tile in tiles)
        assert len(segments.listed(db, "shop")) == len(demo_room.SEGMENTS)
        assert {one.definition["metric"] for one in alerts.listed(db, "shop")} <= set(demo_goals.METRICS)
    catalog.close()


def overlapping(tiles: list[Tile]) -> list[tuple[str, str]]:
    """Return the pairs of tiles that cover one another."""
    return [
        (a.id, b.id)
        for place, a in enumerate(tiles)
        for b in tiles[place + 1 :]
        if a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h
    ]


@pytest.mark.slow
def test_what_was_taken_away_is_not_there_again(tmp_path: Path) -> None:
    for turn in range(2):
        installation = Installation.open(Settings(home=tmp_path))
        try:
            demo_shop.prepare(installation, 30, 7, lambda share: None)
            with installation.catalog.write() as db:
                assert len(boards.listed(db, demo_shop.PROJECT)) == (0 if turn else len(demo_room.BOARDS))
                for board in boards.listed(db, demo_shop.PROJECT):
                    db.delete(board)
        finally:
            installation.close()
