"""The home page's figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query, Request

from tidewheel.retail.home import HomeReport, home
from tidewheel.serve.access import Viewer
from tidewheel.serve.api.analyses import QueryId, asking_of
from tidewheel.serve.routes import Router

router = Router(prefix="/projects/{project}/home", tags=["home"])

Day = Annotated[date | None, Query(ge=date(2000, 1, 2), le=date(2200, 1, 1))]


@router.get("")
async def get_home(request: Request, place: Viewer, day: Day = None, query_id: QueryId = None) -> HomeReport:
    """Return how a day goes, today by default, beside the day before up to the same time."""
    with place.installation.metrics.asking("home"):
        return await place.installation.queries.run(
            request,
            place.project.id,
            query_id,
            lambda query: home(place.store, asking_of(place, query), day),
        )
