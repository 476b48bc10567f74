"""Kinds of fields that several routes share."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from tidewheel.core.errors import Unfit
from tidewheel.core.period import Calendar
from tidewheel.core.text import Text
from tidewheel.core.working_days import check_region


class Body(BaseModel):
    """What a request carries; a field that does not exist is an error."""

    model_config = ConfigDict(extra="forbid")


class Reply(BaseModel):
    """What an answer carries."""


class Title(Reply):
    """Words in both languages."""

    en: str
    zh: str


class Done(Reply):
    """It has been done; there is nothing to say."""

    ok: Literal[True] = True


def iso(ms: int) -> str:
    """Return ``2026-11-21T10:00:00.000Z``; moments outside the calendar are told as its ends."""
    bounded = min(max(ms, -62_135_596_800_000), 253_402_300_799_999)
    seconds, thousandths = divmod(bounded, 1000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{thousandths:03d}Z"


def _printable(text: str) -> str:
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise Unfit(Text("control characters are not allowed", "不能含控制字符"))
    return text


def _zone(name: str) -> str:
    Calendar(zone=name).tz()
    return name


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$"
    ),
    AfterValidator(_printable),
]
Password = Annotated[str, StringConstraints(min_length=8, max_length=200), AfterValidator(_printable)]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_printable), AfterValidator(_zone)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Holidays = Annotated[
    str,
    StringConstraints(max_length=16),
    AfterValidator(lambda region: check_region(region) if region else region),
    Field(description="Whose public holidays are days off: CN, DE-BY; empty: nobody's"),
]
WeekStart = Annotated[int, Field(ge=0, le=6, description="0 is Monday, 6 is Sunday")]
Offset = Annotated[int, Field(ge=0, le=1_000_000_000)]
Limit = Annotated[int, Field(ge=1, le=1_000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_printable)]
Moment = Annotated[
    int,
    PlainSerializer(iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""Milliseconds since 1970 inside, ISO 8601 in UTC on the wire."""
