"""Messages sent and opened, articles read, and the bots that read everything."""

from __future__ import annotations

from typing import Final

import numpy as np

from tidewheel.core.period import DAY, HOUR
from tidewheel.demo.dice import spread
from tidewheel.demo.emit import Town
from tidewheel.demo.followups import message_opens, message_targets
from tidewheel.demo.identity import BOT, EXTERNAL, KINDS, OPENID_OA
from tidewheel.demo.people import BOTS, NEIGHBOURHOOD
from tidewheel.demo.sheet import Coded, Column, Goods
from tidewheel.demo.vocabulary import BOT_AGENTS, OFFICIAL

READS_POST: Final = 0.07


def messages(town: Town) -> dict[str, int]:
    """Write blasts to WeCom contacts; return how many were sent, opened and held out."""
    people, brand = town.people, town.brand
    present = np.unique(town.visits.person)
    person, message, held = message_targets(brand, people, present)
    person, message = person[~held], message[~held]
    key = brand.dice.word("message key", people.index[person], message).astype(np.int64)
    sent_at = brand.messages.time[message] - 600_000 + brand.dice.below("send jitter", 600_000, key)
    opened, time = message_opens(brand, people, person, message)
    for name, rows, when in (
        ("message_send", np.arange(len(person)), sent_at),
        ("message_open", np.flatnonzero(opened), time),
    ):
        shown: dict[str, Column] = {
            "message_id": Coded(message[rows], brand.messages.ids),
            "message_title": Coded(message[rows], brand.messages.titles),
            "message_channel": "wecom",
        }
        actor = person[rows] * KINDS + EXTERNAL
        town.sheet.add(name, time=when[rows], actor=actor, key=key[rows], source=5, columns=shown)
    arrived = int((sent_at < brand.seasons.until).sum()), int((opened & (time < brand.seasons.until)).sum())
    return {"sent": arrived[0], "opened": arrived[1], "held_out": int(held.sum())}


def posts(town: Town) -> None:
    """Write articles read by followers: of their own accord, and just before a visit the article led to."""
    people, brand, visits = town.people, town.brand, town.visits
    here = np.unique(visits.person)
    person, post = (
        part.reshape(-1) for part in np.meshgrid(here, np.arange(len(brand.posts.ids)), indexing="ij")
    )
    day = brand.posts.day[post]
    reads = (people.follower[person] < day) & (day < (people.arrival + people.life)[person] + 14)
    reads &= brand.dice.chance("reads", READS_POST, people.index[person], post)
    person, post = person[reads], post[reads]
    delay = 60_000 + brand.dice.exponential("read after", 5 * HOUR, people.index[person], post)
    time = brand.posts.time[post] + np.minimum(delay, 5 * DAY).astype(np.int64)
    led = np.flatnonzero(
        (visits.channel == OFFICIAL)
        & (people.follower[visits.person] < visits.day)
        & (brand.posts.of_day[visits.day] >= 0)
    )
    person = np.concatenate([person, visits.person[led]])
    post = np.concatenate([post, brand.posts.of_day[visits.day[led]]])
    time = np.concatenate([time, visits.start[led] - 25_000])
    town.sheet.add(
        "post_view",
        time=time,
        actor=person * KINDS + OPENID_OA,
        key=brand.dice.word("post key", people.index[person], time).astype(np.int64),
        source=4,
        columns={
            "post_id": Coded(post, brand.posts.ids),
            "post_title": Coded(post, brand.posts.titles),
            "channel": "official_account",
        },
    )


def bots(town: Town) -> int:
    """Write crawlers of the web shop, marked by their user agent; return how many."""
    brand, people = town.brand, town.people
    block = np.unique(people.index // np.uint64(NEIGHBOURHOOD))
    count = len(block) * BOTS
    number = np.repeat(block, BOTS) * np.uint64(BOTS) + np.tile(np.arange(BOTS, dtype=np.uint64), len(block))
    pages = 60 + brand.dice.below("bot pages", 120, number)
    owner, ordinal = spread(pages)
    bot = number[owner]
    day = brand.dice.below("bot day", brand.seasons.days, number)[owner]
    begin = brand.seasons.starts[day] + brand.dice.below("bot hour", 20 * HOUR, number)[owner]
    time = begin + ordinal * 4_000 + brand.dice.below("bot pause", 3_000, bot, ordinal)
    actor = (len(people.index) + owner) * KINDS + BOT
    sku = brand.goods.on_sale(brand.dice.below("bot sku", len(brand.goods.ids), bot, ordinal), day)
    key = brand.dice.word("bot key", bot, ordinal).astype(np.int64)
    agent = brand.dice.below("bot agent", len(BOT_AGENTS), number)[owner]
    view = ordinal % 3 != 0
    for name, rows in (("page_view", np.flatnonzero(~view)), ("view_item", np.flatnonzero(view))):
        one = np.ones(len(rows), dtype=np.int64)
        goods = Goods(one, sku[rows], brand.goods.price[sku[rows]], one) if name == "view_item" else None
        town.sheet.add(
            name,
            time=time[rows],
            actor=actor[rows],
            key=key[rows],
            source=1,
            goods=goods,
            columns={"platform": "web", "channel": "other", "user_agent": Coded(agent[rows], BOT_AGENTS)},
        )
    return count
