"""The browser's types come from the API as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tidewheel.analyse.run import ANALYSES
from tidewheel.serve.openapi import describe

WEB = Path(__file__).resolve().parents[2] / "web" / "src" / "api"


def test_the_description_the_types_are_made_from_is_fresh() -> None:
    kept = json.loads((WEB / "openapi.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(describe())), "run `make types`"


def test_every_operation_is_in_the_types() -> None:
    written = (WEB / "schema.ts").read_text("utf-8")
    for path in describe()["paths"]:
        assert f'"{path}"' in written, "run `make types`"


def test_every_parameter_and_figure_of_an_analysis_is_in_the_types() -> None:
    written = (WEB / "questions.schema.ts").read_text("utf-8") + (WEB / "questions.ts").read_text("utf-8")
    missing = {
        f"{name}.{field}"
        for name, analysis in ANALYSES.all().items()
        for model in (analysis.Params, analysis.Cell, analysis.Result)
        for shape in nested(model)
        for field in shape.get("properties", {})
        if field not in written
    }
    assert not missing


def nested(model: type[BaseModel]) -> list[dict[str, Any]]:
    whole = model.model_json_schema()
    return [whole, *whole.get("$defs", {}).values()]
