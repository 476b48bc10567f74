"""The channel a visit came by, by rules that people edit: the first rule that fits names it.

Only events that say something about where they come from have a channel: one of the properties that the rules
look at. What says nothing fits no rule and belongs to no channel, since a purchase in the middle of a visit tells
nothing about how the visit began.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib import resources
from typing import Annotated, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tidewheel.collect.enrich.columns import Bools, Ints, Texts, column_of, texts
from tidewheel.collect.enrich.contract import NO_ROWS, Added, Enrichment, EnrichmentRules, text_of
from tidewheel.core.errors import Unfit
from tidewheel.core.events import column_name
from tidewheel.core.patterns import why_not
from tidewheel.core.text import Text
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import Segment
from tidewheel.store.enriched import Columns, Make, Said

CHANNELS: Final = ("media", "official_account", "chat", "natural", "paid", "fission", "live", "other")
"""The channels of the rules we ship."""

Word = Annotated[str, Field(min_length=1, max_length=200)]


class Look(BaseModel):
    """One look at one property, case apart. ``is_set`` and ``is_not_set`` take no values; the others fit any of them.

    ``domain``: a host that is the value or lies below it (``m.baidu.com`` below ``baidu.com``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    property: Word
    op: Literal["is", "contains", "starts_with", "ends_with", "domain", "matches", "is_set", "is_not_set"] = (
        "is"
    )
    values: Annotated[tuple[Word, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _complete(self) -> Look:
        if self.op not in ("is_set", "is_not_set") and not self.values:
            raise Unfit(Text(f"{self.op} needs values", f"{self.op} 需要取值"))
        if self.op == "matches":
            for value in self.values:
                try:
                    re.compile(value)
                except re.error as error:
                    why = why_not(error)
                    raise Unfit(
                        Text(
                            f"{value} is not a regular expression: {why.en}",
                            f"{value} 不是正则表达式：{why.zh}",
                        )
                    ) from None
        return self

    def fits(self, word: str) -> bool:
        """Say whether a value fits."""
        if self.op in ("is_set", "is_not_set"):
            return self.op == "is_set"
        held = word.casefold()
        wanted = [value.casefold() for value in self.values]
        if self.op == "is":
            return held in wanted
        if self.op == "contains":
            return any(value in held for value in wanted)
        if self.op == "starts_with":
            return any(held.startswith(value) for value in wanted)
        if self.op == "ends_with":
            return any(held.endswith(value) for value in wanted)
        if self.op == "domain":
            return any(held == value or held.endswith(f".{value}") for value in wanted)
        return any(re.search(value, word, re.IGNORECASE) for value in self.values)


class ChannelRule(BaseModel):
    """A channel and what an event must say to belong to it: all looks fit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Annotated[str, Field(min_length=1, max_length=64)]
    when: Annotated[tuple[Look, ...], Field(min_length=1, max_length=20)]
    name: Annotated[str, Field(max_length=200)] = ""


@cache
def shipped_rules() -> tuple[ChannelRule, ...]:
    """Return the rules as we ship them (``channels.toml``)."""
    text = resources.files("tidewheel.collect.enrich").joinpath("channels.toml").read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    return tuple(ChannelRule.model_validate(one) for one in raw["rules"])


class ChannelRules(EnrichmentRules):
    """Rules in their order; the first that fits wins."""

    rules: Annotated[tuple[ChannelRule, ...], Field(max_length=200)] = Field(default_factory=shipped_rules)


class Channel(Enrichment[ChannelRules]):
    """See the module's description and ``docs/reference/enrichment.md``."""

    name: ClassVar[str] = "channel"
    title: ClassVar[Text] = Text("Channel groups", "渠道分组")
    description: ClassVar[Text] = Text(
        "Sorts visits by UTM parameters, ad clicks, referrer and WeChat scene into channels. The first rule that fits counts.",
        "按 UTM 参数、广告点击、来源域名和微信场景值把访问归入渠道，命中的第一条规则生效。",
    )
    edition: ClassVar[str] = "1"
    Rules = ChannelRules
    adds: ClassVar[tuple[Added, ...]] = (Added("channel_group", Text("Channel group", "渠道分组")),)
    after: ClassVar[tuple[str, ...]] = ("agent", "campaign")

    def makes(self, segment: Segment) -> Mapping[str, Make]:  # noqa: ARG002
        """Return the column."""
        return {column_name("channel_group", "text"): partial(_grouped, self.rules.rules)}

    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:  # noqa: ARG002
        """Add the channel of an event that says something of it."""
        said.pop(("channel_group", "text"), None)
        names = {look.property for rule in self.rules.rules for look in rule.when}
        held = {name: word for name in names if (word := text_of(said, name)) is not None}
        for rule in self.rules.rules if held else ():
            if all(
                look.fits(held[look.property]) if look.property in held else look.op == "is_not_set"
                for look in rule.when
            ):
                said["channel_group", "text"] = rule.channel
                break
        return False

    def tally(self, columns: Columns, rows: Ints) -> list[int]:
        """Return in how many of some rows each rule decides."""
        return [int(np.isin(own, rows).sum()) for own in _decided(self.rules.rules, columns)[1]]


def _decided(rules: tuple[ChannelRule, ...], columns: Columns) -> tuple[int, list[Ints]]:
    """Return how many rows there are, and those that each rule decides."""
    names = dict.fromkeys(look.property for rule in rules for look in rule.when)
    left = _Left({name: held for name in names if (held := texts(columns, name)) is not None})
    found: list[Ints] = []
    for rule in rules:
        fits = left.fits(rule)
        found.append(NO_ROWS if fits is None else left.take(fits))
    return left.count, found


def _grouped(rules: tuple[ChannelRule, ...], columns: Columns) -> Packed | None:
    count, decided = _decided(rules, columns)
    channels = list(dict.fromkeys(rule.channel for rule in rules))
    codes = [
        np.full(len(rows), channels.index(rule.channel), np.int64)
        for rule, rows in zip(rules, decided, strict=True)
    ]
    rows = np.concatenate([NO_ROWS, *decided])
    order = np.argsort(rows, kind="stable")
    return column_of(Texts(count, rows[order], np.concatenate([NO_ROWS, *codes])[order], channels))


class _Left:
    """The rows that say something and fit no rule so far."""

    def __init__(self, held: dict[str, Texts]) -> None:
        self._held = held
        self.count = max((one.count for one in held.values()), default=0)
        said = np.zeros(self.count, np.bool_)
        for one in held.values():
            said[one.rows] = True
        self._rows = np.flatnonzero(said)
        self._codes: dict[str, Ints] = {}

    def fits(self, rule: ChannelRule) -> Bools | None:
        """Return which of the rows a rule fits; None: none of them."""
        found: Bools | None = None
        for look in rule.when:
            one = self._look(look)
            if one is None:
                return None
            found = one if found is None else found & one
        return found if found is not None and found.any() else None

    def take(self, fits: Bools) -> Ints:
        """Return the rows that fit and leave the others."""
        taken: Ints = self._rows[fits]
        self._rows = self._rows[~fits]
        self._codes = {name: codes[~fits] for name, codes in self._codes.items()}
        return taken

    def _look(self, look: Look) -> Bools | None:
        lacking = look.op == "is_not_set"
        held = self._held.get(look.property)
        if held is None:
            return np.ones(len(self._rows), np.bool_) if lacking else None
        table = np.array([*(look.fits(word) for word in held.words), lacking], np.bool_)
        if not table.any():
            return None
        if look.property not in self._codes:
            dense = np.full(held.count, -1, np.int64)
            dense[held.rows] = held.codes
            self._codes[look.property] = dense[self._rows]
        found: Bools = table[self._codes[look.property]]
        return found
