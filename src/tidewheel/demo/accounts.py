"""Sign-ups and logins with the identifiers they name, person facts, member cards, followers, WeCom contacts."""

from __future__ import annotations

from typing import Final

import numpy as np

from tidewheel.core.period import HOUR, MINUTE
from tidewheel.demo.dice import Flags, Ints
from tidewheel.demo.emit import Town
from tidewheel.demo.identity import (
    EXTERNAL,
    KINDS,
    LOGIN,
    OPENID,
    OPENID_OA,
    PHONE,
    SIGN_UP,
    UNION,
    USER,
)
from tidewheel.demo.people import People
from tidewheel.demo.sheet import Coded, Column
from tidewheel.demo.vocabulary import (
    CHANNELS,
    CITIES,
    GIVEN_FEMALE,
    GIVEN_MALE,
    LEVELS,
    MINI,
    SURNAMES,
)

FACTS_AFTER: Final = 500
GROUPS: Final = 24


def accounts(town: Town) -> None:
    """Write sign-ups and logins; each names the account, the device and what the platform knows."""
    visits, identity = town.visits, town.identity
    for kind, name in ((SIGN_UP, "sign_up"), (LOGIN, "login")):
        rows = np.flatnonzero(identity.auth == kind)
        person, mini = visits.person[rows], visits.platform[rows] == MINI
        mine = person * KINDS
        phone = np.full(len(rows), kind == SIGN_UP) | ~mini
        town.say(
            name,
            rows,
            identity.auth_at[rows],
            others=(
                identity.device[rows],
                np.where(phone, mine + PHONE, -1),
                np.where(mini, mine + OPENID, -1),
                np.where(mini, mine + UNION, -1),
            ),
            method=Coded(mini.astype(np.int64), ("phone", "wechat")),
        )
        if kind == SIGN_UP:
            _facts(town, rows, identity.auth_at[rows] + FACTS_AFTER)
    _known_before(town)
    _cards(town)


def _facts(town: Town, rows: Ints, time: Ints) -> None:
    """Say who the person is."""
    visits, people = town.visits, town.people
    person = visits.person[rows]
    city = people.city[person]
    full, listed = person_names(town, person)
    birthday, days = birthdays(town, person)
    tells = town.brand.dice.chance("tells birthday", 0.7, people.index[person])
    card = town.identity.card_from[person]
    fresh = (card < 0) | (card >= rows)
    town.say(
        "$set",
        rows,
        time,
        session=False,
        name=Coded(full, listed),
        gender=Coded(people.female[person].astype(np.int64), ("男", "女")),
        birth_year=people.birth_year[person].astype(np.float64),
        birthday=Coded(np.where(tells, birthday, -1), days),
        city=Coded(city, [one[0] for one in CITIES]),
        province=Coded(city, [one[1] for one in CITIES]),
        member_level=Coded(np.where(fresh, 0, -1), LEVELS),
        sign_up_channel=Coded(
            np.where(people.old[person], people.origin[person], visits.channel[rows]), CHANNELS
        ),
    )
    town.say("$set_once", rows, time, session=False, first_channel=Coded(people.origin[person], CHANNELS))


def person_names(town: Town, person: Ints) -> tuple[Ints, list[str]]:
    """Return names as codes and words."""
    people, dice = town.people, town.brand.dice
    index = people.index[person]
    surname = dice.pick("surname", [1.0 / (rank + 2) for rank in range(len(SURNAMES))], index)
    drawn = dice.word("given name", index)
    given = np.where(
        people.female[person],
        (drawn % np.uint64(len(GIVEN_FEMALE))).astype(np.int64),
        len(GIVEN_FEMALE) + (drawn % np.uint64(len(GIVEN_MALE))).astype(np.int64),
    )
    every = [*GIVEN_FEMALE, *GIVEN_MALE]
    present, codes = np.unique(surname * len(every) + given, return_inverse=True)
    return codes, [SURNAMES[one // len(every)] + every[one % len(every)] for one in present.tolist()]


def birthdays(town: Town, person: Ints) -> tuple[Ints, list[str]]:
    """Return days of birth as codes and words."""
    people = town.people
    first = (people.birth_year[person] - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    day = first + town.brand.dice.below("birthday", 365, people.index[person]).astype(np.int64)
    present, codes = np.unique(day, return_inverse=True)
    return codes, [str(one) for one in present]


def _known_before(town: Town) -> None:
    """Members from before the first day: their facts come with the first event they send signed in."""
    visits, identity, people = town.visits, town.identity, town.people
    signed = identity.after % KINDS == USER
    rows = np.flatnonzero(signed & (people.old & (identity.sign_up < 0))[visits.person])
    _, firsts = np.unique(visits.person[rows], return_index=True)
    rows = rows[firsts]
    _facts(town, rows, identity.auth_at[rows] + FACTS_AFTER)


def _cards(town: Town) -> None:
    """At the first store visit a card is given or shown, together with the phone."""
    visits, identity, people = town.visits, town.identity, town.people
    rows = identity.card_from[identity.card_from >= 0]
    person = visits.person[rows]
    phone = person * KINDS + PHONE
    later = identity.sign_up[person]
    new: Flags = ~people.old[person] & ((later < 0) | (later > rows))
    for name, chosen in (("sign_up", rows[new]), ("login", rows[~new])):
        store = people.store[visits.person[chosen]]
        town.say(
            name,
            chosen,
            visits.start[chosen] + 30_000,
            1,
            others=(phone[new] if name == "sign_up" else phone[~new],),
            method="pos",
            store_id=Coded(store, town.brand.stores.ids),
        )
    only_store = rows[~identity.member[person]]
    _facts(town, only_store, visits.start[only_store] + 31_000)


def community(town: Town) -> None:
    """Followers of the official account, WeCom contacts and group members, known by unionid."""
    people, brand = town.people, town.brand
    everyone = np.arange(len(people.index))
    for name, day, other in (
        ("follow", people.follower, OPENID_OA),
        ("add_contact", people.contact, EXTERNAL),
    ):
        person = everyone[met(town, people, day)]
        moment = brand.seasons.moment(day[person], brand.dice.uniform(name, people.index[person]))
        union, known = person * KINDS + UNION, person * KINDS + other
        number = people.index[person].astype(np.int64)
        staff = np.where(people.store[person] >= 0, people.store[person], 40 + number % 8)
        more: dict[str, Column] = (
            {"staff_id": Coded(staff, [f"G{one + 1:03d}" for one in range(48)])}
            if name == "add_contact"
            else {}
        )
        source = 5 if name == "add_contact" else 4
        town.sheet.add(
            name,
            time=moment,
            actor=union,
            key=_key(town, person),
            source=source,
            others=(known,),
            columns=more,
        )
        if name == "add_contact":
            _noted(town, person, moment)
            joins = brand.dice.chance("joins group", 0.45, people.index[person])
            chosen = person[joins]
            group = np.where(people.store[chosen] >= 0, people.store[chosen], number[joins]) % GROUPS
            after = (
                moment[joins] + 2 * MINUTE + brand.dice.below("group after", 20 * HOUR, people.index[chosen])
            )
            town.sheet.add(
                "join_group",
                time=after,
                actor=known[joins],
                key=_key(town, chosen),
                source=source,
                columns={"group_id": Coded(group, [f"汐语福利群{one + 1}" for one in range(GROUPS)])},
            )


def _noted(town: Town, person: Ints, met_at: Ints) -> None:
    """Staff write down who a new contact is. Of who shops without WeChat, nothing else says that it is the same person."""
    index = town.people.index
    asked = town.brand.dice.chance("is asked", 0.5, index[person])
    chosen = person[asked]
    full, listed = person_names(town, chosen)
    birthday, days = birthdays(town, chosen)
    town.sheet.add(
        "$set",
        time=met_at[asked] + 3 * MINUTE + town.brand.dice.below("noted after", 2 * HOUR, index[chosen]),
        actor=chosen * KINDS + EXTERNAL,
        key=town.brand.dice.word("noted", index[chosen]).astype(np.int64),
        source=5,
        columns={
            "name": Coded(full, listed),
            "gender": Coded(town.people.female[chosen].astype(np.int64), ("男", "女")),
            "birthday": Coded(birthday, days),
            "city": Coded(town.people.city[chosen], [one[0] for one in CITIES]),
        },
    )


def met(town: Town, people: People, day: Ints) -> Flags:
    """Return who is met on ``day`` within the world, having come to the brand at all."""
    present = np.zeros(len(people.index), dtype=bool)
    present[town.visits.person] = True
    return present & (day < town.brand.seasons.days) & ~(people.old & (day <= 0))


def _key(town: Town, person: Ints) -> Ints:
    return town.people.index[person].astype(np.int64)
