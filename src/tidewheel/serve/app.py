"""The HTTP application: every router of ``api``, the ingest door, the pages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from tidewheel import __version__
from tidewheel.serve import api, errors, pages, sdk
from tidewheel.serve.api import health, rejected
from tidewheel.serve.door import Door
from tidewheel.serve.installation import Installation
from tidewheel.serve.middleware import Surroundings
from tidewheel.serve.privacy.veil import Veil
from tidewheel.serve.routes import LaterRoute, Router

PREFIX = "/api/v1"
_TITLE: Final = "Tidewheel"
_SAID: Final = "Everything the pages and the command line do goes through these routes."


class _Application(FastAPI):
    """Has the door before all else: what comes in through it passes none of the layers of the rest."""

    door: Door
    collects: bool

    def openapi(self) -> dict[str, Any]:
        """Return the description of all routes; it is the same for every application of the process."""
        return _description(self.collects)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self.door(scope, receive, send)


def create_app(installation: Installation, started: Callable[[], None] = lambda: None) -> FastAPI:
    """Return the application of one installation; ``started`` is called when it begins to answer."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        started()
        yield

    app = _Application(
        title=_TITLE,
        version=__version__,
        description=_SAID,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.installation = installation
    settings = installation.settings
    app.add_middleware(Veil)
    app.add_middleware(
        Surroundings,
        metrics=installation.metrics,
        max_body_mb=settings.max_body_mb,
        max_upload_mb=settings.max_upload_mb,
        https=settings.secure_cookies,
    )
    app.door = Door(super(_Application, app).__call__, installation)
    errors.install(app)
    app.collects = installation.collects_only
    app.router.routes += _routes(app.collects)
    sdk.install(app, installation)
    if not app.collects:
        pages.install(app)
    return app


_FAILURES: dict[int | str, dict[str, object]] = {
    code: {"model": errors.ErrorReply, "description": "What went wrong"} for code in ("default", 422)
}


@cache
def _routes(collects: bool) -> tuple[LaterRoute, ...]:  # noqa: FBT001 - the key of a cache
    """Return the routes of every router; they hold no installation, so that each is worked out once in a process."""
    routers = [health.router, rejected.router] if collects else _routers()
    ours = [
        route
        for router in routers
        for route in router.below(PREFIX, responses=_FAILURES, generate_unique_id_function=_operation_id)
    ]
    return (*ours, *health.unversioned.below(""))


def _routers() -> list[Router]:
    modules = [
        importlib.import_module(f"{api.__name__}.{info.name}") for info in pkgutil.iter_modules(api.__path__)
    ]
    return [module.router for module in modules if hasattr(module, "router")]


@cache
def _description(collects: bool) -> dict[str, Any]:  # noqa: FBT001 - the key of a cache
    return get_openapi(
        title=_TITLE,
        version=__version__,
        description=_SAID,
        routes=[later.route for later in _routes(collects)],
        separate_input_output_schemas=False,
    )


def _operation_id(route: APIRoute) -> str:
    return route.name
