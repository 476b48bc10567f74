"""A world of people who are there twice, with what goes wrong when the same person is written down again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.facts import START, Fact

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建文辉力宁雪琳晨阳佳怡欣然子涵梓轩浩宇思雨"
CITIES = (("杭州", 30), ("上海", 25), ("北京", 20), ("成都", 10), ("武汉", 8), ("厦门", 7))
STREETS = (
    "文一路",
    "人民路",
    "解放路",
    "中山路",
    "建设街",
    "和平街",
    "长江路",
    "西湖大道",
    "滨江路",
    "学院路",
)
HOSTS = ("qq.com", "163.com", "126.com", "outlook.com")


@dataclass
class Planted:
    """``facts`` of people; ``same``: pairs of actors that are one person; ``twins``: pairs that look it and are not."""

    facts: list[Fact] = field(default_factory=list)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    same: set[frozenset[str]] = field(default_factory=set)
    twins: set[frozenset[str]] = field(default_factory=set)

    def say(self, actor: str, number: int = 0, **told: str) -> None:
        """Tell properties of somebody, who is seen at that moment."""
        number = number or len(self.facts) + 1
        self.told[actor] = told
        self.facts.append(Fact("page_view", START + number, actor, (number << 20) + 2 * len(self.facts)))
        if told:
            self.facts.append(
                Fact("$set", START + number, actor, (number << 20) + 2 * len(self.facts) + 1, dict(told))
            )


@dataclass
class _Body:
    name: str
    birthday: str
    phone: str
    email: str
    address: str
    city: str
    gender: str


def planted(seed: int, people: int, twice: float = 0.25, twins: int = 30) -> Planted:
    """Return people of whom a share is there twice, and pairs of twins at one address."""
    dice = random.Random(seed)
    world = Planted()
    for number in range(people):
        body = _someone(dice)
        _say(world, f"user:p{number}", body, dice, missing=0.1)
        if dice.random() < twice:
            _say(world, f"user:p{number}-again", _again(body, dice), dice, missing=0.25)
            world.same.add(frozenset((f"user:p{number}", f"user:p{number}-again")))
    for number in range(twins):
        one = _someone(dice)
        given = dice.choice(GIVEN)
        other = _someone(dice)
        other.name = one.name[:-1] + given if given != one.name[-1] else one.name[:-1] + "宝"
        other.birthday, other.address, other.city = one.birthday, one.address, one.city
        _say(world, f"user:twin-{number}-a", one, dice, missing=0.05)
        _say(world, f"user:twin-{number}-b", other, dice, missing=0.05)
        world.twins.add(frozenset((f"user:twin-{number}-a", f"user:twin-{number}-b")))
    return world


def _someone(dice: random.Random) -> _Body:
    city = dice.choices([name for name, _ in CITIES], [share for _, share in CITIES])[0]
    letters = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(5, 9)))
    return _Body(
        name=dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2)))),
        birthday=f"{dice.randint(1960, 2006)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
        phone=f"+861{dice.choice('3578')}{dice.randint(0, 9)}{dice.randint(0, 99_999_999):08}",
        email=f"{letters}{dice.randint(1, 99)}@{dice.choice(HOSTS)}",
        address=f"{dice.choice(STREETS)}{dice.randint(1, 400)}号{dice.randint(1, 30)}幢{dice.randint(1, 20)}0{dice.randint(1, 4)}室",
        city=city,
        gender=dice.choice(("男", "女")),
    )


def _again(body: _Body, dice: random.Random) -> _Body:
    """Return somebody as they are written down a second time: mistaken here and there, and never with the same phone."""
    again = _Body(**body.__dict__)
    again.phone = _mistyped(body.phone, dice) if dice.random() < 0.55 else _someone(dice).phone
    if dice.random() < 0.08:
        again.birthday = _swapped(body.birthday, dice)
    if dice.random() < 0.06:
        place = dice.randrange(1, len(body.name))
        again.name = body.name[:place] + dice.choice(GIVEN) + body.name[place + 1 :]
    if dice.random() < 0.4:
        again.email = body.email.partition("@")[0] + "@" + dice.choice(HOSTS)
    elif dice.random() < 0.3:
        again.email = _someone(dice).email
    if dice.random() < 0.25:
        again.address = _someone(dice).address
    return again


def _mistyped(phone: str, dice: random.Random) -> str:
    place = dice.randrange(5, len(phone) - 1)
    if dice.random() < 0.5 and phone[place] != phone[place + 1]:
        return phone[:place] + phone[place + 1] + phone[place] + phone[place + 2 :]
    return phone[:place] + str((int(phone[place]) + dice.randint(1, 9)) % 10) + phone[place + 1 :]


def _swapped(birthday: str, dice: random.Random) -> str:
    year, month, day = birthday.split("-")
    if int(day) <= 12 and dice.random() < 0.5:
        return f"{year}-{day}-{month}"
    return f"{year}-{month}-{int(day) % 28 + 1:02}"


def _say(world: Planted, actor: str, body: _Body, dice: random.Random, missing: float) -> None:
    told = {name: value for name, value in body.__dict__.items() if name == "name" or dice.random() > missing}
    world.say(actor, **told)
