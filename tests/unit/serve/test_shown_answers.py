"""What stands below an answer in the terminal."""

from __future__ import annotations

from typing import Any

import pytest

from tidewheel.serve.cli import answers, output


@pytest.mark.parametrize(
    ("spoken", "until", "said"),
    [
        ("zh_CN.UTF-8", None, "0 条事件 · 0 人 · 尚无数据 · Asia/Shanghai"),
        ("C.UTF-8", None, "0 events · 0 people · no data yet · Asia/Shanghai"),
        ("zh_CN.UTF-8", "2026-11-21", "0 条事件 · 0 人 · 数据截至 2026-11-21 · Asia/Shanghai"),
        ("C.UTF-8", "2026-11-21", "0 events · 0 people · data until 2026-11-21 · Asia/Shanghai"),
    ],
)
def test_until_when_there_are_data(
    spoken: str, until: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", spoken)
    made: dict[str, Any] = {"events": 0, "people": 0, "until": until, "zone": "Asia/Shanghai"}
    none: dict[str, Any] = {"figures": [], "result": {}, "comparisons": [], "warnings": []}
    with output.err.capture() as shown:
        answers.show({"kind": "portrait", "provenance": made, **none})
    assert shown.get().strip() == said
