"""The HTTP application: every router of ``api``, the ingest door, the pages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from tidewheel import __version__
from tidewheel.serve import api, errors, pages, sdk
from tidewheel.serve.api import health, rejected
from tidewheel.serve.door import Door
from tidewheel.serve.installation import Installation
from tidewheel.serve.middleware import Surroundings
from tidewheel.serve.privacy.veil import Veil

PREFIX = "/api/v1"


class _Application(FastAPI):
    """Has the door before all else: what comes in through it passes none of the layers of the rest."""

    door: Door

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
        title="Tidewheel",
        version=__version__,
        description="Everything the pages and the command line do goes through these routes.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
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
    collects = installation.collects_only
    app.router.routes += _routes(collects)
    sdk.install(app, installation)
    if not collects:
        pages.install(app)
    return app


_FAILURES: dict[int | str, dict[str, object]] = {
    code: {"model": errors.ErrorReply, "description": "What went wrong"} for code in ("default", 422)
}


@cache
def _routes(collects: bool) -> list[BaseRoute]:  # noqa: FBT001 - the key of a cache
    """Return the routes of every router; they hold no installation, and what they read and answer is worked out once."""
    whole = FastAPI(openapi_url=None, generate_unique_id_function=_operation_id)
    for router in [health.router, rejected.router] if collects else _routers():
        whole.include_router(router, prefix=PREFIX, responses=_FAILURES)
    whole.include_router(health.unversioned)
    return list(whole.router.routes)


def _routers() -> list[APIRouter]:
    modules = [
        importlib.import_module(f"{api.__name__}.{info.name}") for info in pkgutil.iter_modules(api.__path__)
    ]
    return [module.router for module in modules if isinstance(getattr(module, "router", None), APIRouter)]


def _operation_id(route: APIRoute) -> str:
    return route.name
