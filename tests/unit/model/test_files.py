"""Metrics as files: read, written, and what is wrong with them told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewheel.core.errors import BadInput
from tidewheel.model import read_alerts, read_folder, write

GOOD = """
metrics:
  orders:
    title: {en: Orders, zh: 订单数}
    question:
      kind: trends
      params: {series: [{step: {any_of: [{event: purchase}]}}], period: {from: 2026-11-01, to: 2026-11-30}}
    figure: A
  aov:
    title: 客单价
    formula: gmv / orders
    format: money
"""


def test_a_folder_is_read_and_written_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "metrics.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "empty.yml").write_text("# nothing yet\n")
    found = read_folder(tmp_path)
    assert sorted(found) == ["aov", "orders"]
    assert found["aov"].title.en == found["aov"].title.zh == "客单价"
    question = found["orders"].question
    assert question
    assert question.params["period"] == {"from": "2026-11-01", "to": "2026-11-30"}
    again = tmp_path / "again"
    again.mkdir()
    (again / "m.yaml").write_text(write(found), "utf-8")
    assert read_folder(again) == found


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("metrics: [1]", "bad_metric_file", "a.yaml"),
        ("metric: {}", "bad_metric_file", "metrics, goals, alerts, picks"),
        ("metrics: {x: {title: X}}", "bad_metric", "a.yaml: x cannot be used: give either"),
        ("metrics: {x: {title: X, formula: a, figure: B}}", "bad_metric", "go together"),
        ("metrics: {x: {title: X, formula: a, fromat: money}}", "bad_metric", "x.fromat"),
        (
            "metrics: {x: {title: X, formula: a}, x: {title: Y, formula: b}}",
            "bad_metric_file",
            "stands twice",
        ),
        ("metrics: {Big Name: {title: X, formula: a}}", "bad_metric", "Big Name.name"),
        ("metrics: {a: !!python/object/apply:os.system [ls]}", "bad_metric_file", "could not determine"),
        ("metrics: {a: [}", "bad_metric_file", "a.yaml"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, code: str, says: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(BadInput, match=says) as caught:
        read_folder(tmp_path)
    assert caught.value.code == code


def test_a_name_may_stand_in_one_file_only(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("metrics: {x: {title: X, formula: a}}")
    with pytest.raises(BadInput, match=r"b\.yaml.*another file"):
        read_folder(tmp_path)
    with pytest.raises(BadInput) as caught:
        read_folder(tmp_path / "none")
    assert caught.value.code == "no_metric_files"


ALERTS = """
alerts:
  gmv_low: {title: 成交额, metric: gmv, rule: {kind: threshold, below: 500000}, remind_after: 3, to: [ops-group]}
"""


def test_alerts_stand_beside_metrics_and_are_written_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text(GOOD, "utf-8")
    assert read_alerts(tmp_path) is None
    (tmp_path / "alerts.yaml").write_text(ALERTS, "utf-8")
    found = read_alerts(tmp_path)
    assert found is not None
    assert found["gmv_low"].to == ("ops-group",)
    assert len(read_folder(tmp_path)) == 2
    again = tmp_path / "again"
    again.mkdir()
    (again / "all.yaml").write_text(write(read_folder(tmp_path), found), "utf-8")
    assert read_alerts(again) == found
    (tmp_path / "more.yaml").write_text(ALERTS, "utf-8")
    with pytest.raises(BadInput, match="the alert gmv_low stands in another file too"):
        read_alerts(tmp_path)
