"""The clients a shop loads from its own server: ``/tw.js`` for the web, ``/tw.mp.js`` for mini programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

FOLDER: Final = Path(__file__).parent / "sdk"
_FILES: Final = ("tw.js", "tw.mp.js")
_NOT_BUILT: Final = "The clients are not built; run `make ui`.\n客户端尚未构建；请运行 `make ui`。\n"
_HEADERS: Final = {"cache-control": "public, max-age=600", "access-control-allow-origin": "*"}
"""A shop's pages see a new version within ten minutes."""


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the clients."""

    async def serve(request: Request) -> Response:
        return script(folder / request.url.path.removeprefix("/"), _HEADERS)

    for name in _FILES:
        app.add_route(f"/{name}", serve, methods=["GET", "HEAD"], include_in_schema=False)


def script(file: Path, headers: dict[str, str]) -> Response:
    """Return a built script, or a sentence that says how to build it."""
    if not file.is_file():
        return PlainTextResponse(_NOT_BUILT, status_code=503)
    return FileResponse(file, media_type="text/javascript", headers=headers)
