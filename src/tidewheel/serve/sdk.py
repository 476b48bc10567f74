"""The clients a shop loads from its own server: ``/tw.js`` for the web, ``/tw.mp.js`` for mini programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from tidewheel.serve.installation import Installation
from tidewheel.serve.picks import picking_secret, signed

FOLDER: Final = Path(__file__).parent / "sdk"
_FILES: Final = ("tw.js", "tw.mp.js")
_NOT_BUILT: Final = "The clients are not built; run `make ui`.\n客户端尚未构建；请运行 `make ui`。\n"
_OVER: Final = "The time to pick is over; open the page from Data → Picked events again.\n圈选已过期；请从「数据 → 圈选」重新打开页面。\n"
_HEADERS: Final = {"cache-control": "public, max-age=600", "access-control-allow-origin": "*"}
"""A shop's pages see a new version within ten minutes."""


def install(app: FastAPI, installation: Installation, folder: Path = FOLDER) -> None:
    """Serve the clients, and the picker to pages that were opened with a token."""

    async def client(request: Request) -> Response:
        return _script(folder / request.url.path.removeprefix("/"), _HEADERS)

    async def picker(request: Request) -> Response:
        secret = await run_sync(picking_secret, installation)
        if not signed(secret, request.query_params.get("token", ""), installation.clock()):
            return PlainTextResponse(_OVER, status_code=403)
        return _script(folder / "tw.picker.js", {"cache-control": "no-store"})

    for name in _FILES:
        app.add_route(f"/{name}", client, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_route("/tw.picker.js", picker, methods=["GET"], include_in_schema=False)


def _script(file: Path, headers: dict[str, str]) -> Response:
    if not file.is_file():
        return PlainTextResponse(_NOT_BUILT, status_code=503)
    return FileResponse(file, media_type="text/javascript", headers=headers)
