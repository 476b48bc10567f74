"""The browser's types come from the API as it is."""

from __future__ import annotations

import json
from pathlib import Path

from tidewheel.serve.openapi import describe

WEB = Path(__file__).resolve().parents[2] / "web" / "src" / "api"


def test_the_description_the_types_are_made_from_is_fresh() -> None:
    kept = json.loads((WEB / "openapi.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(describe())), "run `make types`"


def test_every_operation_is_in_the_types() -> None:
    written = (WEB / "schema.ts").read_text("utf-8")
    for path in describe()["paths"]:
        assert f'"{path}"' in written, "run `make types`"
