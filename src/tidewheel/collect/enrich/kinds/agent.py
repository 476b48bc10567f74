"""Browser, system and device out of the user agent; and which senders are programs rather than people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.collect.enrich.columns import filled, flag_column, remade, texts
from tidewheel.collect.enrich.contract import NO_ROWS, Added, Enrichment, EnrichmentRules
from tidewheel.core.events import column_name
from tidewheel.core.text import Text
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import Segment
from tidewheel.store.enriched import Columns, Make, Said

AGENT: Final = "user_agent"
Part: TypeAlias = Literal["browser", "os", "device_type"]
PROGRAMS: Final = (
    "bot", "spider", "crawl", "slurp", "headlesschrome", "phantomjs", "python-requests", "python-urllib", "aiohttp",
    "httpx", "curl/", "wget/", "go-http-client", "java/", "okhttp-probe", "libwww", "scrapy", "httpclient", "node-fetch",
    "axios/", "lighthouse", "pagespeed", "pingdom", "uptimerobot", "monitoring", "selenium", "puppeteer", "playwright",
)  # fmt: skip
"""What user agents of programs contain, in small letters."""
PEOPLE: Final = ("cubot",)
"""Names of phones that contain such a word."""


class AgentRules(EnrichmentRules):
    """``bots``: ``leave_out`` keeps programs out of every answer, ``mark`` only marks them. ``also``: further words."""

    bots: Literal["leave_out", "mark"] = "leave_out"
    also: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=200)], ...], Field(max_length=200)
    ] = ()
    """Parts of user agents that are programs too."""
    never: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=200)], ...], Field(max_length=200)
    ] = ()
    """Parts of user agents that are people after all."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a user agent says; None: it does not say."""

    browser: str | None
    os: str | None
    device_type: str | None
    spider: bool


class Agent(Enrichment[AgentRules]):
    """See the module's description."""

    name: ClassVar[str] = "agent"
    title: ClassVar[Text] = Text("Devices and bots", "设备与爬虫")
    description: ClassVar[Text] = Text(
        "Browser, system and kind of device are read from the user agent. Visits of crawlers, monitors and scripts are marked, and left out of answers.",
        "从 User-Agent 解析浏览器、操作系统与设备类型；识别爬虫、监控和脚本的访问，默认不计入任何结果。",
    )
    edition: ClassVar[str] = f"1 {version('ua-parser-builtins')}"
    Rules = AgentRules
    adds: ClassVar[tuple[Added, ...]] = (
        Added("browser", Text("Browser", "浏览器"), fills=True),
        Added("os", Text("System", "操作系统"), fills=True),
        Added("device_type", Text("Kind of device", "设备类型"), fills=True),
        Added("bot", Text("Bot", "爬虫"), kind="flag"),
    )

    def makes(self, segment: Segment) -> Mapping[str, Make]:
        """Return the columns, where a segment has user agents or says itself what is a bot."""
        found: dict[str, Make] = {}
        if column_name(AGENT, "text") in segment.columns:
            parts: tuple[Part, ...] = ("browser", "os", "device_type")
            for part in parts:
                found[column_name(part, "text")] = partial(_part, part)
        if column_name(AGENT, "text") in segment.columns or column_name("bot", "flag") in segment.columns:
            found[column_name("bot", "flag")] = partial(_bots, segment.rows, self.rules)
        return found

    def leaves_out(self, segment: Segment, columns: Columns) -> npt.NDArray[np.int64]:  # noqa: ARG002
        """Return the rows of bots."""
        packed = columns.get(column_name("bot", "flag")) if self.rules.bots == "leave_out" else None
        return NO_ROWS if packed is None else packed.present_at()[packed.values == 1]

    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:  # noqa: ARG002
        """Add what the user agent of an event says."""
        agent = said.get((AGENT, "text"))
        if agent is not None:
            read = read_agent(agent)
            for name, value in (
                ("browser", read.browser),
                ("os", read.os),
                ("device_type", read.device_type),
            ):
                if value is not None:
                    said.setdefault((name, "text"), value)
            if is_program(agent, self.rules):
                said["bot", "flag"] = True
        if not said.get(("bot", "flag")):
            said.pop(("bot", "flag"), None)
            return False
        return self.rules.bots == "leave_out"


@lru_cache(maxsize=200_000)
def read_agent(agent: str) -> Read:
    """Return what a user agent says."""
    import ua_parser  # noqa: PLC0415 - reads its tables as it is loaded, and a start reads no agent

    found = ua_parser.parse(agent[:2000])
    browser = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else "HarmonyOS" if "OpenHarmony" in agent else None
    family = found.device.family if found.device else None
    return Read(_known(browser), _known(system), _device(agent, system, family), family == "Spider")


def is_program(agent: str, rules: AgentRules) -> bool:
    """Say whether a program sent this user agent."""
    held = agent.lower()
    if any(word.lower() in held for word in rules.never):
        return False
    if any(word.lower() in held for word in rules.also):
        return True
    for word in PEOPLE:
        held = held.replace(word, "")
    return any(word in held for word in PROGRAMS) or read_agent(agent).spider


def _known(family: str | None) -> str | None:
    return None if family in (None, "", "Other") else family


def _device(agent: str, system: str | None, family: str | None) -> str | None:
    if family == "Spider":
        return "bot"
    if system in ("iOS", "iPadOS", "Android", "HarmonyOS", "Windows Phone"):
        pad = "iPad" in agent or "Tablet" in agent or (system == "Android" and "Mobile" not in agent)
        return "tablet" if pad else "mobile"
    if system in ("Windows", "Mac OS X", "Linux", "Ubuntu", "Chrome OS", "Fedora", "Debian"):
        return "desktop"
    return None


def _part(part: Part, columns: Columns) -> Packed | None:
    held = texts(columns, AGENT)
    assert held is not None
    made = remade(held, [getattr(read_agent(word), part) for word in held.words])
    return filled(columns.get(column_name(part, "text")), made)


def _bots(rows: int, rules: AgentRules, columns: Columns) -> Packed | None:
    marked = np.zeros(rows, np.bool_)
    held = texts(columns, AGENT)
    if held is not None:
        table = np.array([*(is_program(word, rules) for word in held.words), False], np.bool_)
        marked[held.rows[table[held.codes]]] = True
    stored = columns.get(column_name("bot", "flag"))
    if stored is not None:
        marked[stored.present_at()[stored.values == 1]] = True
    return flag_column(rows, np.flatnonzero(marked))
