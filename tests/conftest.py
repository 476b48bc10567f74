"""What every test may rely on: no setting leaks in from the machine, data goes to a temporary folder."""

from __future__ import annotations

import os
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings and proxies of whoever runs the tests; each run has its own data folder."""
    for name in list(os.environ):
        if name.startswith("TIDEWHEEL_") or name.lower() in {"http_proxy", "https_proxy", "all_proxy"}:
            del os.environ[name]
    folder = tempfile.TemporaryDirectory(prefix="tidewheel-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    os.environ["TIDEWHEEL_HOME"] = folder.name
