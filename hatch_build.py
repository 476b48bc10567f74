"""Build hook: a wheel carries the built browser interface, or is not made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SWITCH = "TIDEWHEEL_WHEEL_WITHOUT_UI"


class BrowserInterface(BuildHookInterface[Any]):
    """Refuses a wheel without the built pages and clients; editable installs may do without them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Look before anything is packed."""
        serve = Path(self.root, "src", "tidewheel", "serve")
        built = all((serve / one).exists() for one in ("ui/index.html", "sdk/tw.js"))
        if version == "editable" or built or os.environ.get(SWITCH) == "1":
            return
        self.app.abort(
            "The wheel would lack the browser interface: run `make ui` first, "
            f"or set {SWITCH}=1 for a wheel that only answers the API."
        )
