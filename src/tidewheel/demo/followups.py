"""Visits that come of something else: of an earlier visit, of a message, of a store nearby."""

from __future__ import annotations

from typing import Final

import numpy as np

from tidewheel.core.period import DAY, HOUR, MINUTE
from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Ints
from tidewheel.demo.people import VISITS_A_DAY, People
from tidewheel.demo.visits import Visits, needed, plain_visits
from tidewheel.demo.vocabulary import CASUAL, CHAT, MINI, NATURAL, ONE_VISIT, STORE

FOLLOW_UP: Final = (0.0, 0.22, 0.12, 0.10, 0.12, 0.16, 0.28, 0.05)
"""Probability that a visit by the channel makes the person come back by themselves within six days."""
CAUSED_BY_MESSAGE: Final = 0.7
MESSAGE_SHARE: Final = 0.45
"""Share of contacts each message is meant for."""
MESSAGE_HOLDOUT: Final = 0.1
MESSAGE_TAP: Final = 0.22
STORE_RATE: Final = 0.18
"""Store visits for each online one, of people with a home store."""


def come_backs(brand: Brand, people: People, visits: Visits) -> Visits:
    """Return visits people pay by themselves a few days after another; without that they would not have."""
    dice = brand.dice
    staying = people.kind[visits.person] != ONE_VISIT
    rows = np.flatnonzero(
        dice.chance("comes back", np.asarray(FOLLOW_UP)[visits.channel], visits.key) & staying
    )
    day = visits.day[rows] + 1 + dice.below("back after", 6, visits.key[rows])
    keep = (day < brand.seasons.days) & (day < (people.arrival + people.life)[visits.person[rows]])
    rows, day = rows[keep], day[keep]
    made = plain_visits(brand, people, 1, visits.person[rows], day, visits.key[rows], NATURAL)
    made.needs = visits.needs[rows] | needed(visits.channel[rows], visits.ad[rows])
    return made


def store_visits(brand: Brand, people: People, here: Ints) -> Visits:
    """Return visits of the home store, between 10 and 22 o'clock."""
    dice, seasons = brand.dice, brand.seasons
    chosen = here[(people.store[here] >= 0) & (people.kind[here] >= CASUAL)]
    days = np.arange(seasons.days)
    alive = (days >= people.arrival[chosen][:, None]) & (
        days < (people.arrival + people.life)[chosen][:, None]
    )
    row, day = np.nonzero(alive)
    person = chosen[row]
    weekend = np.array([1.6 if one.weekday() >= 5 else 0.85 for one in seasons.dates])
    crowd = weekend * np.sqrt(seasons.traffic / seasons.traffic.mean())
    rate = np.asarray(VISITS_A_DAY)[people.kind[person]] * STORE_RATE * crowd[day]
    comes = dice.chance("store visit", np.minimum(rate, 0.5), people.index[person], day)
    person, day = person[comes], day[comes]
    made = plain_visits(brand, people, 3, person, day, 0, NATURAL)
    opening = 10.2 + 11.3 * dice.uniform("store hour", made.key)
    made.start = seasons.starts[day] + (opening * HOUR).astype(np.int64)
    made.platform = np.full(len(person), STORE)
    return made


def message_visits(brand: Brand, people: People, here: Ints) -> Visits:
    """Return visits that begin with a tap on a WeCom message."""
    person, message, held = message_targets(brand, people, here)
    person, message = person[~held], message[~held]
    opened, time = message_opens(brand, people, person, message)
    tapped = opened & brand.dice.chance("tapped", MESSAGE_TAP, people.index[person], message)
    tapped &= (time < brand.seasons.until) & (
        brand.messages.day[message] < (people.arrival + people.life)[person]
    )
    person, message, time = person[tapped], message[tapped], time[tapped] + 4_000
    made = plain_visits(brand, people, 2, person, brand.messages.day[message], message, CHAT)
    made.start, made.message = time, message
    made.day = np.minimum(
        np.searchsorted(brand.seasons.starts, time, side="right") - 1, brand.seasons.days - 1
    )
    made.platform = np.full(len(person), MINI)
    made.needs = np.where(brand.dice.chance("caused by message", CAUSED_BY_MESSAGE, made.key), 1 << CHAT, 0)
    return made


def message_targets(brand: Brand, people: People, here: Ints) -> tuple[Ints, Ints, Flags]:
    """Return (person, message, held out) of everybody each message is meant for."""
    pairs = np.meshgrid(here, np.arange(len(brand.messages.ids)), indexing="ij")
    person, message = (part.reshape(-1) for part in pairs)
    day = brand.messages.day[message]
    keep = (people.contact[person] < day) & (day < (people.arrival + people.life)[person] + 30)
    person, message = person[keep], message[keep]
    meant = brand.dice.chance("sent", MESSAGE_SHARE, people.index[person], message)
    person, message = person[meant], message[meant]
    return person, message, brand.dice.chance("held out", MESSAGE_HOLDOUT, people.index[person], message)


def message_opens(brand: Brand, people: People, person: Ints, message: Ints) -> tuple[Flags, Ints]:
    """Return whether and when a sent message is opened."""
    keys = people.index[person], message
    opened = brand.dice.chance("opened", brand.messages.open_rate[message], *keys)
    delay = MINUTE + brand.dice.exponential("open delay", 2 * HOUR, *keys)
    return opened, brand.messages.time[message] + np.minimum(delay, 3 * DAY).astype(np.int64)
