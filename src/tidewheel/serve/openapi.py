"""The OpenAPI description, from which the types of the web pages are made (``tidewheel openapi``)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tidewheel.core.settings import Settings
from tidewheel.serve.app import create_app
from tidewheel.serve.installation import Installation


def describe() -> dict[str, Any]:
    """Return the OpenAPI description of a fresh installation."""
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation.open(Settings(home=Path(folder), catalog_url=None))
        try:
            return create_app(installation).openapi()
        finally:
            installation.close()
