"""Run tests that failed beside others once more, alone: what fails again, fails.

A machine that is shared can stand still for longer than a test waits. Nothing is passed over in silence: each
test is named, and too many of them are not looked at again.

Usage: ``python -m tools.second_run STATUS MOST``, with the exit status of the first run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

FAILED = Path(".pytest_cache/v/cache/lastfailed")


def failed() -> list[str]:
    """Return the names of the tests that failed last."""
    return list(json.loads(FAILED.read_text("utf-8"))) if FAILED.exists() else []


def main(status: int, most: int) -> int:
    """Return the exit status of both runs together."""
    names = failed()
    if status != pytest.ExitCode.TESTS_FAILED or not 0 < len(names) <= most:
        return status
    print(f"\n{len(names)} failed and run once more, alone:", *names, sep="\n  ", flush=True)
    return int(pytest.main(names))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
