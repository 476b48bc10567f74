"""The built pages: files under ``serve/ui``; every other address is the single page's to show."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

FOLDER = Path(__file__).parent / "ui"
_NOT_BUILT = "The pages are not built; run `make ui`, then load this page again.\n页面尚未构建；请运行 `make ui` 后刷新。\n"
_OURS = ("api/", "v1/", "in/", "metrics", "openapi.json")


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the pages at all addresses that nothing else answers."""
    app.add_route("/{path:path}", _Pages(folder).serve, methods=["GET"], include_in_schema=False)


class _Pages:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def serve(self, request: Request) -> Response:
        """Return a file of the build, or the page itself."""
        path = request.path_params["path"]
        if path.startswith(_OURS):
            raise HTTPException(404)
        page = self._folder / "index.html"
        if not page.is_file():
            if path:
                raise HTTPException(404)
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        file = self._file(path)
        if file is not None:
            lasting = path.startswith("assets/")
            age = "public, max-age=31536000, immutable" if lasting else "no-cache"
            return FileResponse(file, headers={"cache-control": age})
        if path.startswith("assets/"):
            raise HTTPException(404)
        return FileResponse(page, headers={"cache-control": "no-cache"})

    def _file(self, path: str) -> Path | None:
        if not path or "\0" in path:
            return None
        file = (self._folder / path).resolve()
        return file if file.is_relative_to(self._folder) and file.is_file() else None
