"""Under which identifier each visit's events are sent, and which logins tie identifiers together.

An identifier is coded ``person * KINDS + kind`` (see :data:`ID_KINDS`). Visits begin under a device or
cookie; a sign-up or login names the account with it, and events after it carry the account. A member's web
visit often stays signed out: its events remain under a cookie which an earlier login tied to the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Ints
from tidewheel.demo.people import BOTS, NEIGHBOURHOOD, People
from tidewheel.demo.shopping import Shopping
from tidewheel.demo.visits import Visits
from tidewheel.demo.vocabulary import APP, MINI, STORE, WEB

ID_KINDS: Final = (
    "user", "member_card", "unionid", "phone", "openid_mini", "openid_official", "external_userid",
    "device_mini_1", "device_mini_2", "device_app_1", "device_app_2", "cookie_1", "cookie_2", "bot",
)  # fmt: skip
(
    USER,
    CARD,
    UNION,
    PHONE,
    OPENID,
    OPENID_OA,
    EXTERNAL,
    MINI_1,
    MINI_2,
    APP_1,
    APP_2,
    COOKIE_1,
    COOKIE_2,
    BOT,
) = range(14)
KINDS: Final = 16
APPID_MINI, APPID_OFFICIAL = "wx7c1e5a90d2f3b846", "wx02b9f47ad81c6e35"
NO_LOGIN, LOGIN, SIGN_UP = range(3)


@dataclass
class Identity:
    """One entry a visit."""

    before: Ints
    """Identifier of events before ``auth_at``."""
    after: Ints
    """Identifier of events from ``auth_at`` on."""
    device: Ints
    auth: Ints
    """NO_LOGIN, LOGIN or SIGN_UP."""
    auth_at: Ints
    sign_up: Ints
    """By person: the visit of the online sign-up or -1."""
    card_from: Ints
    """By person: the first store visit, at which a member card is given or shown, or -1."""
    member: Flags
    """By person: has an account at the end of the world."""


def identify(brand: Brand, people: People, visits: Visits, shopping: Shopping) -> Identity:
    """Decide accounts, devices and logins."""
    online = visits.platform != STORE
    count, number = len(people.index), np.arange(len(visits.person))
    sign_up = _sign_ups(brand, people, visits, shopping, online)
    old_member = people.old & people.wants_member
    joined = np.where(sign_up >= 0, sign_up, len(number))[visits.person]
    member = old_member[visits.person] | (number > joined)
    signs_up = number == joined
    stays = np.array([0.96, 0.55, 0.97, 1.0])[visits.platform]
    signed_in = online & member & brand.dice.chance("signed in", stays, visits.key)
    device = _devices(brand, people, visits)
    device, signed_in = _borrowed(brand, people, visits, device, signed_in, sign_up, member & online)
    late = online & member & ~signed_in & shopping.checkout
    acting = signed_in | late
    rows = np.flatnonzero(acting | signs_up)
    _, firsts = np.unique(device[rows] * count * 2 + visits.person[rows], return_index=True)
    new_device = np.zeros(len(number), dtype=bool)
    new_device[rows[firsts]] = True
    again = brand.dice.chance("login again", np.array([0.04, 0.3, 0.05, 0.0])[visits.platform], visits.key)
    login = signed_in & (new_device | again) | late
    user = visits.person * KINDS + USER
    before = np.where(signed_in, user, device)
    card = np.where(online, before, visits.person * KINDS + CARD)
    after = np.where(signed_in | late | signs_up, user, card)
    auth_at = np.where(signed_in, visits.start, shopping.auth_at)
    cards = _first(count, visits.person, number, ~online)
    return Identity(
        before=card,
        after=after,
        device=device,
        auth=np.where(signs_up, SIGN_UP, np.where(login, LOGIN, NO_LOGIN)),
        auth_at=auth_at,
        sign_up=sign_up,
        card_from=cards,
        member=old_member | (sign_up >= 0),
    )


def _first(count: int, person: Ints, number: Ints, flags: Flags) -> Ints:
    found = np.full(count, -1, dtype=np.int64)
    rows = number[flags][::-1]
    found[person[rows]] = rows
    return found


def _sign_ups(brand: Brand, people: People, visits: Visits, shopping: Shopping, online: Flags) -> Ints:
    count, number = len(people.index), np.arange(len(visits.person))
    ordinal = np.cumsum(online)
    starts = np.searchsorted(visits.person, np.arange(count))
    base = np.concatenate([[0], ordinal])[starts]
    ordinal = ordinal - 1 - base[visits.person]
    planned = brand.dice.pick("sign-up visit", (0.55, 0.25, 0.12, 0.08), people.index)
    ready = (
        online & people.wants_member[visits.person] & (ordinal >= planned[visits.person]) & shopping.viewed
    )
    ready |= online & shopping.checkout
    ready &= ~(people.old & people.wants_member)[visits.person]
    return _first(count, visits.person, number, ready)


def _devices(brand: Brand, people: People, visits: Visits) -> Ints:
    renewed = visits.day >= people.replaced[visits.person]
    keys = people.index[visits.person]
    cleared = brand.dice.chance("clears cookies", 0.15, keys)
    cleared &= visits.day >= brand.dice.below("cookie day", brand.seasons.days, keys)
    kind = np.select(
        [visits.platform == MINI, visits.platform == APP, visits.platform == WEB],
        [MINI_1 + renewed, APP_1 + renewed, COOKIE_1 + cleared],
        CARD,
    )
    return np.asarray(visits.person * KINDS + kind)


def _borrowed(
    brand: Brand, people: People, visits: Visits, device: Ints, signed_in: Flags, sign_up: Ints, member: Flags
) -> tuple[Ints, Flags]:
    """Let members use the partner's browser or tablet, signed in, once the partner has signed in on it."""
    shared = np.where(visits.platform == WEB, COOKIE_1, APP_1)
    partner = visits.person ^ 1
    wanted = people.borrows[visits.person] & np.isin(visits.platform, (WEB, APP)) & member
    wanted &= brand.dice.chance("borrows", 0.6, visits.key)
    wanted &= visits.person != np.where(partner < len(people.index), partner, visits.person)
    entered = (signed_in & ~people.borrows[visits.person]) | (
        np.arange(len(device)) == sign_up[visits.person]
    )
    entered &= ~people.borrows[visits.person]
    claimed = np.full(len(people.index) * KINDS + KINDS, np.iinfo(np.int64).max)
    np.minimum.at(claimed, device[entered], visits.start[entered] + 600_000)
    target = partner * KINDS + shared
    wanted &= claimed[np.where(wanted, target, 0)] < visits.start
    return np.where(wanted, target, device), signed_in | wanted


def names(people: People, codes: Ints) -> list[str]:
    """Return identifiers as actors (``type:value``) for codes; bots are numbered after the people."""
    written = []
    index, count = people.index.tolist(), len(people.index)
    first_bot = index[0] // NEIGHBOURHOOD * BOTS - count
    for code in codes.tolist():
        person, kind = divmod(code, KINDS)
        written.append(_NAMES[kind](index[person] if person < count else first_bot + person))
    return written


def _scrambled(number: int, salt: int) -> int:
    return ((number + 1) * 0x9E3779B97F4A7C15 + salt * 0xBF58476D1CE4E5B9) % (1 << 61)


def _openid(salt: int, number: int) -> str:
    return f"o{_scrambled(number, salt):015x}"


_NAMES: Final = (
    lambda n: f"user:u{100_000 + n}",
    lambda n: f"member_card:TC{60_000_000 + n}",
    lambda n: f"unionid:{_openid(1, n)}",
    lambda n: f"phone:+861{3 + n % 6}{(n * 48_271 + 104_729_301) % 10**9:09d}",
    lambda n: f"openid:{APPID_MINI}/{_openid(2, n)}",
    lambda n: f"openid:{APPID_OFFICIAL}/{_openid(3, n)}",
    lambda n: f"external_userid:wm{_scrambled(n, 4):015x}",
    lambda n: f"device:m-{_scrambled(n, 5):015x}",
    lambda n: f"device:m-{_scrambled(n, 6):015x}",
    lambda n: f"device:a-{_scrambled(n, 7):015x}",
    lambda n: f"device:a-{_scrambled(n, 8):015x}",
    lambda n: f"cookie:c-{_scrambled(n, 9):015x}",
    lambda n: f"cookie:c-{_scrambled(n, 10):015x}",
    lambda n: f"cookie:c-{_scrambled(n, 11):015x}",
)
