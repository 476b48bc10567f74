"""Routes that are worked out when first asked for: a start pays for none of them, a request for its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send

Made: TypeAlias = Callable[[], tuple[Callable[..., Any], dict[str, Any]]]
"""Returns the function that answers and the options FastAPI takes with it."""


class LaterRoute(BaseRoute):
    """Knows its address and methods; what it reads and answers is worked out at the first request that may be its."""

    def __init__(
        self, path: str, methods: Iterable[str], build: Callable[[], BaseRoute], *, told: bool
    ) -> None:
        self.path_format = path
        self.methods = frozenset(methods)
        self.told = told
        self._build = build
        self._start, _, rest = path.partition("{")
        self._end = rest.rpartition("}")[2] if rest else path
        self._slashes = None if ":" in path else path.count("/")

    @cached_property
    def route(self) -> BaseRoute:
        """The route itself."""
        return self._build()

    def may_be_at(self, path: str) -> bool:
        """Say whether an address looks like this route's: a quick look that never misses one."""
        if not (path.startswith(self._start) and path.endswith(self._end)):
            return False
        return self._slashes is None or path.count("/") == self._slashes

    def is_at(self, path: str) -> bool:
        """Say whether an address is this route's."""
        return self.may_be_at(path) and compile_path(self.path_format)[0].match(path) is not None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether a request is this route's, as Starlette asks."""
        if scope["type"] != "http" or not (scope.get("root_path") or self.may_be_at(scope["path"])):
            return Match.NONE, {}
        return self.route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self.route.handle(scope, receive, send)


class Router(APIRouter):
    """The routes of one file of ``api``, noted down as they are declared."""

    def __init__(self, prefix: str = "", **options: Any) -> None:
        super().__init__(prefix=prefix, **options)
        self._options = options
        self._noted: list[_Noted] = []

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Note a route down; every ``@router.get`` and the like comes here."""
        methods, told = options.get("methods") or ["GET"], options.get("include_in_schema", True)
        self._noted.append(_Noted(path, tuple(methods), told, lambda: (endpoint, options)))

    def add_later(self, path: str, made: Made) -> None:
        """Note a route down that takes POST, and whose function and models are not made yet either."""
        self._noted.append(_Noted(path, ("POST",), told=True, made=made))

    def below(self, prefix: str, **options: Any) -> list[LaterRoute]:
        """Return the routes in the order they were declared; ``options`` are those of FastAPI's routers."""
        return [
            LaterRoute(
                prefix + self.prefix + one.path,
                one.methods,
                partial(self._built, one, prefix, options),
                told=one.told and self.include_in_schema,
            )
            for one in self._noted
        ]

    def _built(self, one: _Noted, prefix: str, options: dict[str, Any]) -> BaseRoute:
        router = APIRouter(prefix=prefix + self.prefix, **self._options, **options)
        endpoint, own = one.made()
        router.add_api_route(one.path, endpoint, **{**own, "methods": list(one.methods)})
        return router.routes[0]


@dataclass(frozen=True)
class _Noted:
    path: str
    methods: tuple[str, ...]
    told: bool
    made: Made


def methods_at(path: str, routes: Iterable[BaseRoute]) -> list[str]:
    """Return the methods that are answered at an address, of routes that the description tells of."""
    ours = (route for route in routes if isinstance(route, LaterRoute) and route.told)
    return sorted({method for route in ours if route.is_at(path) for method in route.methods})
