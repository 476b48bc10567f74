"""Goals as files: read beside metrics, written back, and what cannot be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tidewheel.core.errors import BadInput
from tidewheel.model import (
    metrics_of,
    parse_goal,
    parts_of,
    read_folder,
    read_goals,
    segments_of,
    write_goals,
)

GOOD = """
metrics:
  gmv: {title: GMV, formula: orders * 1}
goals:
  november:
    title: {en: November, zh: 十一月}
    metric: gmv
    target: {value: 30000000, from: 2026-11-01, to: 2026-11-30}
    how: product
    parts:
      - title: 拉新
        owner: Lin
        metric: buyers
        measures: [{metric: visitors, weight: 2, target: {value: 100}}]
        how: split
        by: {property: channel}
        parts:
          - {title: Ads, values: [paid, live]}
          - {title: None, values: [null]}
      - title: AOV
        metric: aov
        how: split
        parts: [{title: Members, segment: members}]
"""


def test_goals_are_read_and_written_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")
    found = read_goals(tmp_path)
    assert sorted(read_folder(tmp_path)) == ["gmv"]
    goal = found["november"]
    assert metrics_of(goal) == {"gmv", "buyers", "visitors", "aov"}
    assert segments_of(goal) == {"members"}
    assert [part.title.zh for part in parts_of(goal)] == ["拉新", "Ads", "None", "AOV", "Members"]
    again = tmp_path / "again"
    again.mkdir()
    (again / "g.yaml").write_text(write_goals(found), "utf-8")
    assert read_goals(again) == found


def part(**more: Any) -> dict[str, Any]:
    return {"title": "P", **more}


def nested(depth: int) -> dict[str, Any]:
    if not depth:
        return {}
    return {"how": "split", "by": {"property": "x"}, "parts": [part(values=["a"], **nested(depth - 1))]}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"parts": [part(metric="a")]}, "say how"),
        ({"how": "sum", "parts": [part(metric="a")]}, "two parts"),
        ({"how": "product", "parts": [part(metric="a"), part()]}, "needs its metric"),
        ({"how": "product", "parts": [part(metric="a"), part(metric="b", weight=2)]}, "weight is for"),
        ({"how": "product", "parts": [part(metric="a")] * 9}, "eight parts"),
        ({"how": "sum", "parts": [part(metric="a"), part(metric="b", values=["x"])]}, "of a split"),
        ({"how": "sum", "by": {"property": "x"}}, "by is for a split"),
        ({"how": "split"}, "needs a property"),
        ({"how": "split", "by": {"property": "x"}, "parts": [part(segment="s")]}, "has values when"),
        ({"how": "split", "parts": [part(segment="s"), part(segment="s")]}, "stands in two parts"),
        ({"how": "split", "parts": [part(segment="s", metric="a")]}, "the metric of the whole"),
        ({"target": {"value": 1, "from": "2026-11-01"}}, "go together"),
        ({"target": {"value": 1, "from": "2026-11-02", "to": "2026-11-01"}}, "end before"),
        (nested(6), "more than 5 levels"),
    ],
)
def test_what_cannot_be_meant_is_told(more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        parse_goal("g", {"title": "G", "metric": "m", **more}, "a.yaml")
    assert caught.value.code == "bad_goal"
    assert "a.yaml: g" in str(caught.value)
