"""Work that takes a while, done in a thread while a bar shows how far it is."""

from __future__ import annotations

import threading
import uuid
from typing import Any

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tidewheel.core.errors import TidewheelError
from tidewheel.serve.cli.output import err
from tidewheel.serve.cli.reach import Reach


def followed(
    api: Reach, project: str, path: str, body: dict[str, Any], label: str, *, as_json: bool
) -> dict[str, Any]:
    """Post a body to a path of a project and return the answer; ``label`` stands beside the bar."""
    root, query_id = f"/api/v1/projects/{project}", str(uuid.uuid4())
    found: list[dict[str, Any]] = []
    failed: list[TidewheelError] = []

    def work() -> None:
        try:
            found.append(api.send("POST", f"{root}/{path}", json=body, params={"query_id": query_id}).json())
        except TidewheelError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=as_json or not err.is_terminal) as bar:
        task = bar.add_task(label, total=1.0)
        thread.start()
        while thread.is_alive():
            thread.join(0.25)
            if not bar.disable:
                bar.update(task, completed=_progress(api, f"{root}/queries/{query_id}"))
    if failed:
        raise failed[0]
    return found[0]


def _progress(api: Reach, path: str) -> float:
    try:
        return float(api.send("GET", path).json()["progress"])
    except TidewheelError:
        return 0.0
