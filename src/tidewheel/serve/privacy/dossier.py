"""Everything a project knows about one person, to be handed to them: JSON for machines, a page for people."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from tidewheel.analyse.run import Asking, segment_people
from tidewheel.core.text import Language
from tidewheel.identify import consents, people
from tidewheel.identify.people import TimelineEvent, number_of
from tidewheel.serve.api.fields import iso
from tidewheel.serve.segments import usable
from tidewheel.serve.suggesting import Told, chance
from tidewheel.store.catalog import Catalog, segments
from tidewheel.store.view import Snapshot

_PAGE: Final = 1_000
MESSAGES: Final = ("message_", "push_", "sms_", "email_", "wecom_")
"""How the names of events begin that tell of messages to somebody."""


@dataclass(frozen=True, slots=True)
class Held:
    """One snapshot, asked as if it were a store."""

    held: Snapshot

    def snapshot(self) -> Snapshot:
        """Return it."""
        return self.held


def dossier(
    snapshot: Snapshot,
    person: str,
    project: str,
    catalog: Catalog,
    asking: Asking,
    suggested: Sequence[Told],
    refused: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Return all that is known about a person as JSON values, by topic; NotFound when there is no such person.

    ``suggested``: that somebody else may be they. Who, and what is alike, is the other one's and is left out; so are links
    that are not in force because they name somebody else. ``refused``: their events that were not kept.
    """
    number = number_of(snapshot, person)
    found = people.get(snapshot, person)
    events = [one.model_dump() for one in _events(snapshot, person)]
    with catalog.read() as db:
        kept = [usable(one) for one in segments.listed(db, project)]
    inside = [
        one.name for one in kept if number in set(segment_people(Held(snapshot), one, asking)[1].tolist())
    ]
    said = consents.facts_of(snapshot, number)
    own = {f"{one.type}:{one.value}" for one in found.details}
    return {
        "person": {"id": found.id, "name": found.name, "first_seen": found.first_seen, "last_seen": found.last_seen,
                   "events": found.events, "orders": found.orders, "revenue": found.revenue},
        "identifiers": [one.model_dump() for one in found.details],
        "links": [one.model_dump() for one in found.links if {one.a, one.b} <= own],
        "suggestions": [{"suggested_at": iso(one.made_at), "probability": one.probability} for one in suggested],
        "properties": {name: one.model_dump() for name, one in found.properties.items()},
        "consents": [{**one.model_dump(), "time": iso(one.time)} for one in said],
        "segments": inside,
        "messages": [one for one in events if one["name"].startswith(MESSAGES)],
        "events": events,
        "rejected": list(refused),
        "made_at": iso(asking.now),
        "project": project,
    }  # fmt: skip


def packed(known: dict[str, Any]) -> bytes:
    """Return a ZIP archive: a JSON file for each topic, and the page in both languages."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for topic in (
            "person",
            "identifiers",
            "links",
            "suggestions",
            "properties",
            "consents",
            "segments",
            "messages",
            "events",
            "rejected",
        ):
            archive.writestr(
                f"{topic}.json", json.dumps(known[topic], ensure_ascii=False, indent=1, default=str)
            )
        archive.writestr("index.html", page(known, "en"))
        archive.writestr("index.zh-CN.html", page(known, "zh"))
    return out.getvalue()


def _events(snapshot: Snapshot, person: str) -> Iterator[TimelineEvent]:
    """Yield everything a person did and that was said of them, newest first."""
    before: str | None = None
    while True:
        found = people.timeline(snapshot, person, before, _PAGE, every=True)
        yield from found.events
        before = found.next
        if before is None:
            return


_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("What we know about you", "我们所掌握的您的信息"),
    "lead": ("Made at {made_at} for project {project}. The JSON files beside this page hold the same for machines.",
             "生成时间 {made_at}，项目 {project}。同目录的 JSON 文件含有相同内容，供程序读取。"),
    "identifiers": ("Identifiers", "标识"),
    "links": ("Why these belong together", "这些标识为何属于同一人"),
    "suggestions": ("Other records that may be yours: when we thought so, and how likely it is", "可能也属于您的其他记录：推测时间与概率"),
    "properties": ("Properties", "属性"),
    "consents": ("Consents", "授权记录"),
    "segments": ("Segments", "所在人群"),
    "messages": ("Messages", "消息"),
    "events": ("Everything that happened", "全部行为"),
    "rejected": ("What was sent and not accepted, and why", "已上报但未被接收的数据及原因"),
    "none": ("Nothing.", "无。"),
}  # fmt: skip


def page(known: dict[str, Any], language: Language) -> str:
    """Return what is known as an HTML page without anything from elsewhere."""
    zh = language == "zh"

    def word(name: str) -> str:
        return _WORDS[name][zh]

    tables = {
        "identifiers": [[one["type"], one["value"], one["events"], one["first_seen"], one["last_seen"]] for one in known["identifiers"]],
        "properties": [[name, one["value"], one["time"]] for name, one in known["properties"].items()],
        "consents": [[one["time"], one["purpose"], one["channel"], one["state"], one["evidence"], one["version"]] for one in known["consents"]],
        "segments": [[one] for one in known["segments"]],
        "links": [[one["a"], one["b"], one["source"], one["time"]] for one in known["links"]],
        "suggestions": [[one["suggested_at"], chance(one["probability"])] for one in known["suggestions"]],
        "messages": [[one["time"], one["name"], _brief(one)] for one in known["messages"]],
        "events": [[one["time"], one["name"], one["actor"], _brief(one)] for one in known["events"]],
        "rejected": [
            [one["received"], one["message"][language], json.dumps(one["sent"], ensure_ascii=False)] for one in known["rejected"]
        ],
    }  # fmt: skip
    body = "".join(
        f"<h2>{word(topic)}</h2>{_table(rows) or '<p>' + word('none') + '</p>'}"
        for topic, rows in tables.items()
    )
    return (
        f'<!doctype html><html lang="{"zh-CN" if zh else "en"}"><meta charset="utf-8"><title>{word("title")}</title>'
        "<style>body{font:14px/1.6 system-ui,sans-serif;max-width:960px;margin:40px auto;padding:0 24px;color:#1c2024}"
        "table{border-collapse:collapse;width:100%}td{padding:3px 12px 3px 0;vertical-align:top;border-bottom:1px solid #e6e8eb;"
        "word-break:break-word}</style>"
        f"<h1>{word('title')}</h1><p>{escape(word('lead').format(**known))}</p>{body}</html>"
    )


def _table(rows: list[list[Any]]) -> str:
    cells = (
        "".join(f"<td>{escape('–' if cell is None else str(cell))}</td>" for cell in row) for row in rows
    )
    lines = "".join(f"<tr>{line}</tr>" for line in cells)
    return f"<table>{lines}</table>" if lines else ""


def _brief(event: dict[str, Any]) -> str:
    told = [f"{name}: {value}" for name, value in event["properties"].items()]
    told += [", ".join(f"{name}: {value}" for name, value in item.items()) for item in event["items"]]
    return "; ".join(told)
