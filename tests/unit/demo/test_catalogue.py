from __future__ import annotations

import numpy as np

from tests.unit.demo.conftest import UNTIL
from tidewheel.demo.catalogue import SKUS, TREE, catalogue
from tidewheel.demo.dice import Dice
from tidewheel.demo.seasons import seasons

SEASONS = seasons(UNTIL, 120, 500)
GOODS = catalogue(Dice(3), SEASONS)


def test_two_thousand_goods_with_distinct_names() -> None:
    table = GOODS.table(SEASONS)
    assert table.num_rows == SKUS
    for column in ("item_id", "item_name"):
        assert len(set(table[column].to_pylist())) == SKUS
    leaves = set(zip(table["item_category"].to_pylist(), table["item_category2"].to_pylist(), strict=True))
    assert leaves == {(entry[0], entry[1]) for entry in TREE}
    assert all(name.isascii() for name in table["item_name_en"].to_pylist())


def test_prices_are_whole_yuan_above_cost() -> None:
    assert (GOODS.price % 100 == 0).all()
    assert (GOODS.cost < GOODS.price // 2).all()
    assert (GOODS.cost > 0).all()
    assert (GOODS.stock >= 0).all()


def test_nothing_sells_before_its_launch() -> None:
    sku = np.arange(SKUS)
    assert (GOODS.launch > 0).sum() > 50
    for day in (0, 60, 119):
        sold = GOODS.on_sale(sku, np.full(SKUS, day))
        assert (GOODS.launch[sold] <= day).all()
        assert (GOODS.leaf[sold] == GOODS.leaf).all()


def test_draws_by_popularity_and_within_a_leaf() -> None:
    drawn = (np.arange(100_000) + 0.5) / 100_000
    counts = np.bincount(GOODS.draw(drawn), minlength=SKUS)
    assert np.abs(counts - GOODS.weight / GOODS.weight.sum() * 100_000).max() <= 1
    leaf = np.arange(len(TREE)).repeat(50)
    for edge in (0.0, 0.5, 1.0 - 2**-53):
        assert (GOODS.leaf[GOODS.draw_in(leaf, np.full(len(leaf), edge))] == leaf).all()
