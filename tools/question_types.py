"""Print the models of every kind of question as an OpenAPI document, for the web's TypeScript types.

Parameters and cells are described as they are sent, results as they are received.

Usage: ``python -m tools.question_types > questions.json``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic.json_schema import models_json_schema

from tidewheel.analyse.run import ANALYSES

REF = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """Return the document; ``Kinds`` names the models of each kind."""
    models = []
    for kind in ANALYSES.all().values():
        models += [(kind.Params, "validation"), (kind.Cell, "validation"), (kind.Result, "serialization")]
    refs, found = models_json_schema(models, ref_template=REF)  # type: ignore[arg-type]
    schemas = found["$defs"]
    modes = (
        ("params", "Params", "validation"),
        ("result", "Result", "serialization"),
        ("cell", "Cell", "validation"),
    )
    schemas["Kinds"] = {
        "type": "object",
        "description": "The models of each kind of question.",
        "required": list(ANALYSES.all()),
        "properties": {
            name: {
                "type": "object",
                "required": [word for word, _, _ in modes],
                "properties": {word: refs[getattr(kind, field), mode] for word, field, mode in modes},  # type: ignore[index]
            }
            for name, kind in ANALYSES.all().items()
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Questions", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, ensure_ascii=False)
