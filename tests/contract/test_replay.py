"""An answer asked again is the same to the byte; the parts of a difference add up to it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.replay import explain, replay
from tidewheel.analyse.run import ANALYSES, ask
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR
from tidewheel.store.view import Chunk, View

TREND: dict[str, Any] = {
    "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}],
    "period": {"last": 30},
    "breakdowns": [{"property": "channel"}],
}


def told(view: View, kind: str, params: dict[str, Any], now: int = 0) -> dict[str, Any]:
    how = asking()
    found: dict[str, Any] = json.loads(
        ask(view, kind, params, replace(how, now=how.now - now)).model_dump_json(by_alias=True)
    )
    return found


@pytest.mark.parametrize("kind", ANALYSES.all())
def test_an_answer_is_replayed_to_the_byte(kind: str) -> None:
    kept = told(shop(), kind, ANALYSES.get(kind).samples[0], now=3 * HOUR)
    found = replay(shop(), kept, asking())
    assert found.equal
    assert found.changed == found.differences == ()


def later() -> View:
    """Return the shop without every third fact of the last month: those came later."""
    made = View(None)
    snapshot = shop().snapshot()
    *whole, last = snapshot.chunks
    rows = last.load()
    early = rows.filter(pa.array([number % 3 != 0 for number in range(rows.num_rows)]))
    made.replace(
        [*whole, Chunk("early", lambda: early, durable=True)],
        [Chunk("links", partial(snapshot.links), durable=True)],
    )
    return made


def test_facts_that_came_late_are_told() -> None:
    kept = told(later(), "trends", TREND)
    found = replay(shop(), kept, asking())
    assert not found.equal
    assert "data" in found.changed
    assert found.differences


def test_the_parts_add_up() -> None:
    before = told(later(), "trends", TREND, now=2 * DAY)
    other = {
        **TREND,
        "series": [{"step": {"any_of": [{"event": "view_item"}]}, "measure": {"kind": "people"}}],
    }
    after = told(shop(), "trends", other)
    found = explain(shop(), before, after, asking())
    assert len(found) > 3
    for one in found:
        parts = one.since_before + one.definition + one.moment + one.since_after
        assert one.after - one.before == pytest.approx(parts)
        assert one.since_after == 0
    assert any(one.since_before for one in found)
    assert any(one.definition for one in found)
    assert any(one.moment for one in found)


@pytest.mark.parametrize(
    "kept", [{}, {"kind": "trends", "params": TREND, "provenance": {"asked_at": "soon"}}]
)
def test_what_is_no_answer_is_told(kept: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="not an answer"):
        replay(shop(), kept, asking())
    with pytest.raises(BadInput, match="not an answer"):
        explain(shop(), kept, kept, asking())


def test_two_kinds_cannot_be_compared() -> None:
    with pytest.raises(BadInput, match="one kind"):
        explain(
            shop(),
            told(shop(), "trends", TREND),
            {**told(shop(), "trends", TREND), "kind": "funnel"},
            asking(),
        )
