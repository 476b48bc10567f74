"""Blocks marked ``runnable`` run, in order, page by page, on a small demo shop of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, pages

SHELL = {"bash", "sh"}
AWAIT = "for _ in $(seq 600); do curl -fs http://127.0.0.1:8787/api/v1/health >/dev/null && break; sleep 0.1; done"


def script(page: Path, port: int) -> str:
    """Return the page's commands; servers it starts end with it, and its port becomes a free one.

    A page that starts no server has one from the beginning, as most readers do, with what the page exports; without
    it each command would have to start the whole product.
    """
    shown = [block for block in blocks(page) if block.runnable]
    first = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    lines = []
    for block in shown:
        if block.language == "python":
            lines += [f"python - <<'PYTHON'\n{block.code}PYTHON"]
        elif block.language in SHELL:
            lines += block.code.splitlines()
            if block.code.rstrip().endswith("&"):
                lines += [AWAIT]
    if AWAIT not in lines:
        first += [line for line in lines if line.startswith("export ")]
        first += ["tidewheel serve >/dev/null 2>&1 &", AWAIT]
    return "\n".join(first + lines).replace("127.0.0.1:8787", f"127.0.0.1:{port}")


SCRIPTS = {
    script(page, 0): page for page in reversed(pages()) if any(block.runnable for block in blocks(page))
}
PAGES = sorted(SCRIPTS.values())
"""Those with something to run; of two pages with the same commands, the first."""


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the data folder that a ``tidewheel demo …`` makes; the same command is run once."""
    made: dict[str, Path] = {}

    def shop(command: str) -> Path:
        if command not in made:
            folder = tmp_path_factory.mktemp("shop")
            run(command, folder, 0)
            made[command] = folder / "home"
        return made[command]

    return shop


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_command_of_the_page_works(page: Path, shops: Callable[[str], Path], tmp_path: Path) -> None:
    """One shell runs the page from top to bottom, as its reader does; the first command that fails stops it."""
    commands = script(page, 0).splitlines()
    for command in (line for line in commands if line.startswith("tidewheel demo") and "--no-serve" in line):
        shutil.copytree(shops(command), tmp_path / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run(script(page, port), tmp_path, port)


def run(commands: str, folder: Path, port: int) -> None:
    """Run commands as somebody new to the machine, at home in a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEWHEEL_")} | {
        "TIDEWHEEL_HOME": str(folder / "home"),
        "TIDEWHEEL_PORT": str(port),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "COLUMNS": "120",
    }
    done = subprocess.run(
        [shutil.which("bash") or "sh", "-s"],
        input=commands,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
