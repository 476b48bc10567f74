"""What the front pages say of the product is so."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT
from tidewheel.analyse.run import ANALYSES


@pytest.mark.parametrize(
    ("page", "said"), [("README.md", r"(\d+) kinds of questions"), ("README.zh-CN.md", r"(\d+) 种分析")]
)
def test_the_number_of_analyses(page: str, said: str) -> None:
    found = re.search(said, (ROOT / page).read_text("utf-8"))
    assert found
    assert int(found[1]) == len(ANALYSES.all())
