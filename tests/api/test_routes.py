"""Routes are worked out when first asked for, and answer as if they had been from the start."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.api.shop import Shop
from tidewheel.serve import app
from tidewheel.serve.app import create_app
from tidewheel.serve.routes import LaterRoute, Router, methods_at


def _later(of: FastAPI) -> list[LaterRoute]:
    return [route for route in of.routes if isinstance(route, LaterRoute)]


def test_a_request_works_out_its_own_route_alone(shop: Shop) -> None:
    later = _later(create_app(shop.installation))
    for one in later:
        vars(one).pop("route", None)
    assert shop.client().get("/api/v1/setup").status_code == 200
    assert [one.path_format for one in later if "route" in vars(one)] == ["/api/v1/setup"]
    known = [vars(one).get("route") for one in later]
    assert shop.client().get("/api/v1/setup").status_code == 200
    assert [vars(one).get("route") for one in later] == known


def test_what_is_known_beforehand_is_what_the_route_says(shop: Shop) -> None:
    later = _later(create_app(shop.installation))
    assert len(later) > 200
    for one in later:
        route = one.route
        assert isinstance(route, APIRoute)
        assert (one.path_format, set(one.methods)) == (route.path, route.methods)
        assert one.told == route.include_in_schema
        given = re.sub(r"\{\w+:\w+\}", "phone:1/2", route.path)
        given = re.sub(r"\{\w+\}", "a", given)
        assert route.path_regex.match(given)
        assert one.is_at(given)


def test_addresses_are_told_apart() -> None:
    router = Router("/shops/{shop}")
    for path, method in (("", "GET"), ("/people", "GET"), ("/people/{person:path}/visits", "POST")):
        router.add_api_route(path, lambda: None, methods=[method])
    router.add_api_route("/people", lambda: None, methods=["POST"])
    router.add_api_route("/hidden", lambda: None, include_in_schema=False)
    routes = router.below("/v1")
    assert methods_at("/v1/shops/a", routes) == ["GET"]
    assert methods_at("/v1/shops/a/people", routes) == ["GET", "POST"]
    assert methods_at("/v1/shops/a/people/phone:1/2/visits", routes) == ["POST"]
    for nothing in (
        "/v1/shops/",
        "/v1/shops",
        "/v1/shops/a/b",
        "/v1/shops/a/people/",
        "/v1/shops/a/hidden",
        "/",
    ):
        assert methods_at(nothing, routes) == []


def test_the_description_is_made_once_in_a_process(shop: Shop) -> None:
    first, second = create_app(shop.installation), create_app(shop.installation)
    assert first.openapi() is second.openapi()
    told = {
        (path, method.upper()) for path, methods in first.openapi()["paths"].items() for method in methods
    }
    ours = {
        (re.sub(":\\w+}", "}", one.path_format), method)
        for one in _later(first)
        if one.told
        for method in one.methods
    }
    assert told == ours
    assert app.PREFIX + "/health" in first.openapi()["paths"]
