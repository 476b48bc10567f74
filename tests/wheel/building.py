"""Building a wheel as ``make wheel`` does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build(source: Path, folder: Path, compiled: str = "1") -> None:
    """Build the wheel of a source tree into a folder; RuntimeError with what was printed when it fails."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    how = os.environ | {"TIDEWHEEL_COMPILE": compiled}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=how)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
