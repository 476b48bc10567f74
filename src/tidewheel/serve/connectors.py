"""Connectors: settings read from requests, shown without secrets, connected and looked at."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from collections.abc import Mapping as Mapped
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationError

from tidewheel.collect.files.guess import kinds_of
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.preview import Preview, preview_table
from tidewheel.collect.files.readers import Row, Table, first_chunk
from tidewheel.collect.files.run import prepare
from tidewheel.collect.pull import CONNECTORS, Connector, Found, Place, World, secrets_of
from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.text import Language, Text
from tidewheel.core.validation import why
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Connector as Kept
from tidewheel.store.catalog import Project
from tidewheel.store.catalog.sealed import Seal

ConnectorName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class _Named(BaseModel):
    name: ConnectorName


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings as they are kept: what may be shown, and what is encrypted."""

    place: Place
    shown: dict[str, Any]
    secrets: dict[str, Any]


def read(
    kind: str, raw: dict[str, Any], before: Settings | None = None, *, name: str | None = None
) -> Settings:
    """Return settings from a request; secrets that are left out or null are those of ``before``.

    What was typed into a secret field is not repeated in errors.
    """
    found = CONNECTORS.get(kind, field="kind")
    secret = secrets_of(found)
    given = {key: value for key, value in raw.items() if key not in secret or value not in {None, ""}}
    if before is not None and isinstance(before.place, found.Place):
        given = before.secrets | given
    try:
        if name is not None:
            _Named.model_validate({"name": name})
        place = found.Place.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, first["loc"])) or "place"
        hidden = first["loc"][:1] == () or first["loc"][0] in secret or isinstance(first["input"], dict)
        raise BadInput(
            "bad_connector",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=None if hidden else str(first["input"])[:200],
            path=path,
            why=why(first),
        ) from None
    whole = place.model_dump(mode="json")
    return Settings(
        place,
        {key: value for key, value in whole.items() if key not in secret},
        {key: value for key, value in whole.items() if key in secret and value not in {None, ""}},
    )


def opened(installation: Installation, one: Kept) -> Settings:
    """Return the settings of a connector that is kept."""
    secrets = Seal.of(installation.settings).open(one.secrets)
    return read(one.kind, one.place | secrets)


def opened_or_none(installation: Installation, one: Kept | None) -> Settings | None:
    """Return the settings of a connector, None where there is none or its secrets cannot be read any more."""
    try:
        return None if one is None else opened(installation, one)
    except BadInput:
        return None


def secret_names(installation: Installation, one: Kept) -> list[str]:
    """Return which secrets are kept."""
    try:
        return sorted(Seal.of(installation.settings).open(one.secrets))
    except BadInput:
        return []


def scratch_of(installation: Installation) -> Path:
    """Return where copies of files are put while they are read."""
    return installation.settings.home / "scratch"


def world_of(installation: Installation, project: Project, pause: Callable[[], None]) -> World:
    """Return what a connector may use."""
    folders = [Path(one) for one in installation.settings.connector_folders.split(os.pathsep) if one.strip()]

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pause()
            time.sleep(min(0.2, seconds))

    return World(
        tuple(folders),
        scratch_of(installation),
        installation.clock,
        project.time_zone,
        pause,
        wait,
    )


def connector_of(kind: str) -> Connector:
    """Return a connector by its kind."""
    return CONNECTORS.get(kind, field="kind")()


def check(kind: str, settings: Settings, world: World) -> Text:
    """Connect and return what is there."""
    return connector_of(kind).check(settings.place, world)


def discover(kind: str, settings: Settings, world: World) -> list[Found]:
    """Return what can be read there."""
    return connector_of(kind).discover(settings.place, world)


def sample(kind: str, settings: Settings, world: World) -> Table:
    """Return the first rows that would be read."""
    place = settings.place
    if "settle_seconds" in type(place).model_fields:
        place = place.model_copy(update={"settle_seconds": 0})
    batches = connector_of(kind).read(place, {}, world)
    try:
        batch = next(batches, None)
        if batch is None:
            raise NotFound(
                "nothing_to_read",
                Text("There is nothing to read yet.", "目前没有可读取的数据。"),
                hint=Text(
                    "Put a first file or row there, or give the whole mapping.",
                    "请先放入一个文件或一行数据，或直接给出完整的映射。",
                ),
            )
        table = batch.open()
        rows = first_chunk(table)
    finally:
        batches.close()
    return Table(
        table.format, table.columns, lambda: iter([(1.0, rows)]), table.encoding, table.delimiter, table.sheets,
        table.native, table.loose,
    )  # fmt: skip


def look(
    table: Table,
    rows: str,
    project: Project,
    now: int,
    mapping: Mapping | None,
    language: Language,
    ranks: Mapped[str, int],
) -> Preview:
    """Return how the first rows would be read."""
    return preview_table(
        table, rows, zone=project.time_zone, now=now, mapping=mapping, language=language, ranks=ranks
    )


def settled(table: Table, rows: str, mapping: Mapping | None, zone: str, ranks: Mapped[str, int]) -> Mapping:
    """Return the mapping with every guess in it, so that each batch is read in the same way as the first."""
    prepared = prepare(table, rows, mapping, zone, ranks=ranks)
    known = [row for row in first_chunk(table) if isinstance(row, Row)]
    used = set(prepared.job.properties.values()) | set(prepared.job.mapping.columns().values())
    kinds = {name: kind for name, kind in kinds_of(table.columns, known).items() if name in used}
    chosen = prepared.job.mapping
    return chosen.model_copy(update={"kinds": kinds | chosen.kinds, "zone": chosen.zone or zone})
