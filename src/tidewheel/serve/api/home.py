"""The home page's figures."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from fastapi import APIRouter

from tidewheel.serve.access import Viewer
from tidewheel.serve.api.fields import Moment, Reply, Title

router = APIRouter(prefix="/projects/{project}/home", tags=["home"])


class Open(Reply):
    """The question and the cell that hold the people behind a figure."""

    kind: str
    params: dict[str, Any]
    cell: dict[str, Any]


class Figure(Reply):
    """One key figure and the same of the compared day up to the same time. ``money`` is in minor units."""

    key: str
    title: Title
    value: float | None
    compared: float | None
    change: float | None
    format: Literal["count", "money", "percent"]
    open: Open | None


class Hour(Reply):
    """One hour of the day."""

    hour: int
    visitors: int
    orders: int
    gmv: int
    compared_visitors: int
    compared_orders: int
    compared_gmv: int


class Channel(Reply):
    """One channel of the day."""

    channel: str | None
    visitors: int
    buyers: int
    gmv: int
    open: Open | None


class Good(Reply):
    """One item sold on the day."""

    item_id: str
    item_name: str | None
    image: str | None
    quantity: float
    gmv: int
    buyers: int
    open: Open | None


class HomeReply(Reply):
    """How the day goes."""

    day: date
    compared_day: date
    until: Moment
    figures: list[Figure]
    hours: list[Hour]
    channels: list[Channel]
    goods: list[Good]
    new_people: int
    returning_people: int


@router.get("")
def get_home(place: Viewer, day: date | None = None) -> HomeReply:
    """Return how a day goes, today by default, beside the day before up to the same time."""
    raise NotImplementedError
