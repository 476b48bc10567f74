"""The demo shop: a project filled with the demo world, and somebody who can sign in to it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.core.errors import Conflict
from tidewheel.core.ids import key64
from tidewheel.core.text import Language, Text
from tidewheel.demo import World, world
from tidewheel.serve import demo_goals, demo_room
from tidewheel.serve.importing import add_rows
from tidewheel.serve.installation import Installation
from tidewheel.serve.passwords import hash_password, new_password
from tidewheel.store.catalog import Session, projects, sources, users

EMAIL: Final = "demo@tidewheel.local"
PROJECT: Final = "demo"
PLAN: Final = "demo.json"
_SOURCES: Final = {
    "mini-program": (Text("Mini program", "小程序"), "mini_program"),
    "web-shop": (Text("Web shop", "官网商城"), "web"),
    "app": (Text("App", "App"), "app"),
    "pos": (Text("Stores", "门店收银"), "store"),
    "official-account": (Text("Official account", "公众号"), "official_account"),
    "wecom": (Text("WeCom", "企业微信"), "wecom"),
    "crm": (Text("CRM", "CRM"), "server"),
}


@dataclass(frozen=True, slots=True)
class DemoShop:
    """How to sign in; ``events`` were added just now, 0 when the shop was there."""

    password: str
    events: int


def prepare(
    installation: Installation,
    people: int,
    seed: int,
    progress: Callable[[float], None],
    language: Language = "en",
) -> DemoShop:
    """Make the shop, or find the one made before; an interrupted making is finished.

    ``language`` is that of the names its staff have given to sources.
    """
    password = _accounts(installation, language)
    plan = _plan(installation, people, seed)
    made = world(people=plan["people"], seed=plan["seed"], until=plan["until"])
    store = installation.store(PROJECT)
    events = store.bulk_tables(_tables(made, progress), key=f"demo-{plan['seed']}-{plan['people']}")
    if events:
        add_rows(store, "items", _rows("items", made.items(), installation.clock()))
        add_rows(store, "costs", _rows("costs", made.costs(), installation.clock()))
        add_rows(store, "lift", _rows("lift", made.lift(), installation.clock()))
    file = installation.settings.home / "truth.json"
    if events or not file.exists():
        file.write_text(json.dumps(made.truth(), ensure_ascii=False, indent=1), "utf-8")
    demo_goals.add(installation.catalog, PROJECT, json.loads(file.read_text("utf-8")), installation.clock())
    _furnish(installation, plan, language)
    progress(1.0)
    return DemoShop(password, events)


def _accounts(installation: Installation, language: Language) -> str:
    """Make the user, the project and its sources; returns the password, the same every time."""
    file = installation.settings.home / "demo-password.txt"
    now = installation.clock()
    with installation.catalog.write() as db:
        known = {project.id for project in projects.listed(db)}
        if PROJECT not in known and users.count(db):
            raise _in_use(installation)
        user = users.by_email(db, EMAIL)
        if file.exists() and user:
            return file.read_text("utf-8").strip()
        password = new_password()
        kept = hash_password(password)
        if user:
            user.password_hash = kept
        else:
            users.add(db, email=EMAIL, name="Demo", password_hash=kept, admin=True, now=now)
        if PROJECT not in known:
            _add_project(db, now, language)
        _write_private(file, password)
    return password


def _add_project(db: Session, now: int, language: Language) -> None:
    projects.add(
        db,
        name="汐语 Tidecare",
        wanted=PROJECT,
        time_zone="Asia/Shanghai",
        currency="CNY",
        week_start=0,
        now=now,
    )
    for source, (name, kind) in _SOURCES.items():
        sources.add(db, project_id=PROJECT, name=name.say(language), kind=kind, now=now, wanted=source)


def _plan(installation: Installation, people: int, seed: int) -> dict[str, int]:
    """Return what the shop is made of, as it was when it was first made."""
    file = installation.settings.home / PLAN
    if not file.exists():
        plan = {"people": people, "seed": seed, "until": installation.clock()}
        file.write_text(json.dumps(plan), "utf-8")
    found: dict[str, int] = json.loads(file.read_text("utf-8"))
    return found


def _furnish(installation: Installation, plan: dict[str, int], language: Language) -> None:
    """Add segments, boards and alerts once: who takes them away does not find them there again."""
    if not plan.get("furnished"):
        demo_room.add(installation.catalog, PROJECT, language, installation.clock())
        (installation.settings.home / PLAN).write_text(json.dumps(plan | {"furnished": 1}), "utf-8")


def _tables(made: World, progress: Callable[[float], None]) -> Iterator[tuple[pa.Table, pa.Table]]:
    shards = len(made.shards())
    for done, tables in enumerate(made.tables(), 1):
        yield tables.events, tables.links
        progress(done / (shards + 1))


def _rows(kind: str, table: pa.Table, now: int) -> pa.Table:
    """Return a table as an import would leave it: text days, a key a row, the moment of import."""
    for place, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.string()))
    named = [field.name for field in table.schema if pa.types.is_string(field.type)]
    rows = table.select(["item_id"] if kind == "items" else named).to_pylist()
    keys = np.array([key64(kind, *(str(value) for value in row.values())) for row in rows], np.uint64)
    table = table.append_column("key", pa.array(keys.view(np.int64)))
    return table.append_column("imported", pa.array([now] * len(rows), pa.timestamp("ms", "UTC")))


def _in_use(installation: Installation) -> Conflict:
    return Conflict(
        "home_not_demo",
        Text("The data folder {home} holds a shop of your own.", "数据目录 {home} 中已有正式数据。"),
        field="home",
        got=str(installation.settings.home),
        hint=Text("Give the demo another folder with --home.", "请用 --home 为示例店铺指定其他目录。"),
        home=installation.settings.home,
    )


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
