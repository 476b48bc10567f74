"""The bodies shown in the documentation are taken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tidewheel.collect import Arrival, take_body

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("how-to/send-events.md", "zh/how-to/send-events.md", "reference/events.md", "zh/reference/events.md")
AT = Arrival("docs", 1_795_300_000_000)


@pytest.mark.parametrize("page", PAGES)
def test_bodies_are_taken(page: str) -> None:
    blocks = re.findall(r"```json\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    bodies = [block for block in blocks if "accepted" not in json.loads(block)]
    assert bodies
    for body in bodies:
        taken = take_body(body.encode(), AT)
        assert (taken.accepted, taken.rejected, taken.notes) == (1, [], [])
