"""``tidewheel verify``: is what the pages say what the facts say?"""

from __future__ import annotations

import re
from typing import Annotated

import typer

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.reach import reach


def verify(
    sample: Annotated[str, typer.Option(help="Share of the people to look at.")] = "1%",
    seed: Annotated[int, typer.Option(min=0, help="Another number takes other people.")] = 0,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Recompute answers for a sample of people in plain Python and compare; ends with 1 where they differ."""
    body = {"sample": share(sample), "seed": seed}
    with reach(home) as api:
        found = api.send("POST", f"/api/v1/projects/{api.project(project)}/verify", json=body).json()
    if as_json:
        print_json(found)
    else:
        rows = [
            [
                one["name"],
                one["people"],
                one["rows"],
                one["left_out"],
                one["skipped"] or ("✗ " + "\n".join(one["differences"][:5]) if one["differences"] else "✓"),
            ]
            for one in found["verdicts"]
        ]
        print_table(["question", "people", "rows", "left out", "agrees"], rows)
        compared = sum(one["skipped"] is None for one in found["verdicts"])
        say(
            f"{compared} of {len(rows)} questions compared; {'all agree' if found['agreed'] else 'some differ'}.",
            f"共 {len(rows)} 个问题，核对了 {compared} 个；{'全部一致' if found['agreed'] else '有不一致'}。",
        )
    if not found["agreed"]:
        raise typer.Exit(1)


def share(text: str) -> float:
    """Return a share written as ``1%`` or ``0.01``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", text.strip())
    value = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < value <= 1:
        raise BadInput(
            "bad_share",
            Text("{got} is not a share.", "{got} 不是比例。"),
            field="--sample",
            got=text,
            expected="1%",
        )
    return value
