"""Blocks marked ``runnable`` run, in order, page by page, on a small demo shop of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, pages

SHELL = {"bash", "sh"}
AWAIT = "for _ in $(seq 600); do curl -fs http://127.0.0.1:8787/api/v1/health >/dev/null && break; sleep 0.1; done"


def script(page: Path, port: int) -> str:
    """Return the page's commands; servers it starts end with it, and its port becomes a free one.

    A page that starts no server has one from its first block on, as most readers do; without it each command would
    have to start the whole product.
    """
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    shown = [block for block in blocks(page) if block.runnable]
    served = any(block.code.rstrip().endswith("&") for block in shown)
    for block in shown:
        if block.language == "python":
            lines += [f"python - <<'PYTHON'\n{block.code}PYTHON"]
        elif block.language in SHELL:
            for line in block.code.splitlines():
                lines += [line]
                if not served and line.startswith("tidewheel demo"):
                    lines += ["tidewheel serve >/dev/null 2>&1 &", AWAIT]
                    served = True
            if block.code.rstrip().endswith("&"):
                lines += [AWAIT]
    return "\n".join(lines).replace("127.0.0.1:8787", f"127.0.0.1:{port}")


SCRIPTS = {
    script(page, 0): page for page in reversed(pages()) if any(block.runnable for block in blocks(page))
}
PAGES = sorted(SCRIPTS.values())
"""Those with something to run; of two pages with the same commands, the first."""


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_command_of_the_page_works(page: Path, tmp_path: Path) -> None:
    """One shell runs the page from top to bottom, as its reader does; the first command that fails stops it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEWHEEL_")} | {
        "TIDEWHEEL_HOME": str(tmp_path / "home"),
        "TIDEWHEEL_PORT": str(port),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "COLUMNS": "120",
    }
    done = subprocess.run(
        [shutil.which("bash") or "sh", "-s"],
        input=script(page, port),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
