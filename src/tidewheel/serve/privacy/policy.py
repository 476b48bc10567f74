"""What a project has decided about personal data; the defaults are those of the law that asks most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from tidewheel.collect.consent import ANY
from tidewheel.collect.guard import Guard
from tidewheel.core.errors import NotFound, Unfit, nearest
from tidewheel.core.ids import IDENTIFIER_TYPES
from tidewheel.core.text import Text
from tidewheel.serve.privacy.key import IdentifierKey
from tidewheel.store.catalog import Role, Session, privacy

Key = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Months = Annotated[int, Field(ge=1, le=600)]


class Titled(BaseModel):
    """A title in both languages."""

    model_config = ConfigDict(extra="forbid")

    en: Words
    zh: Words


class Named(BaseModel):
    """A purpose or a channel: the name that facts carry, and what people call it."""

    model_config = ConfigDict(extra="forbid")

    name: Key
    title: Titled


class Purpose(Named):
    """What data is used for. ``asks_first``: only with consent; otherwise until it is withdrawn."""

    asks_first: bool = True


PURPOSES: Final = (
    Purpose(name="analytics", title=Titled(en="Analytics", zh="数据分析"), asks_first=False),
    Purpose(name="marketing", title=Titled(en="Marketing", zh="营销推送")),
    Purpose(name="personalisation", title=Titled(en="Personalisation", zh="个性化推荐"), asks_first=False),
)
CHANNELS: Final = tuple(
    Named(name=name, title=Titled(en=en, zh=zh))
    for name, en, zh in (
        ("sms", "SMS", "短信"),
        ("email", "E-mail", "邮件"),
        ("wechat", "WeChat", "微信"),
        ("push", "Push", "App 推送"),
        ("phone", "Phone", "电话"),
    )
)
PERSONAL: Final = (
    "name", "nickname", "real_name", "full_name", "first_name", "last_name", "user_name", "avatar", "avatar_url", "phone",
    "phone_number", "mobile", "mobile_phone", "telephone", "tel", "email", "mail", "address", "birthday", "birth_date",
    "id_number", "id_card", "receiver_name", "receiver_phone", "receiver_address", "consignee", "contact_name",
    "contact_phone", "ip", "姓名", "昵称", "真实姓名", "收货人", "收件人", "手机", "手机号", "手机号码", "电话", "联系电话", "邮箱", "地址", "收货地址",
    "生日", "身份证号",
)  # fmt: skip


class Policy(BaseModel):
    """A project's decisions.

    ``sees_personal_data`` is the weakest role that sees names, numbers and addresses unmasked;
    ``personal_properties`` are masked for the others. ``hashed_identifiers`` are kept as keyed hashes only, which has
    to be decided before the first event. Events older than ``keep_months`` are dropped, per source where it is listed.
    """

    model_config = ConfigDict(extra="forbid")

    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=40)] = list(PURPOSES)
    channels: Annotated[list[Named], Field(max_length=40)] = list(CHANNELS)
    leave_out_withdrawn: bool = True
    sees_personal_data: Role = "editor"
    personal_properties: Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], Field(max_length=200)] = list(PERSONAL)  # fmt: skip
    hashed_identifiers: Annotated[list[str], Field(max_length=len(IDENTIFIER_TYPES))] = []
    keep_months: Months | None = None
    keep_months_by_source: Annotated[dict[str, Months], Field(max_length=200)] = {}

    @field_validator("purposes", "channels")
    @classmethod
    def _once(cls, given: list[Named]) -> list[Named]:
        names = [one.name for one in given]
        if len(set(names)) < len(names) or ANY in names:
            raise Unfit(Text(f"each name once, and none is {ANY}", f"名称不能重复，也不能是 {ANY}"))
        return given

    @field_validator("hashed_identifiers")
    @classmethod
    def _known(cls, given: list[str]) -> list[str]:
        if unknown := [one for one in given if one not in IDENTIFIER_TYPES]:
            raise Unfit(
                Text(
                    f"{unknown[0]} is not one of {', '.join(IDENTIFIER_TYPES)}",
                    f"{unknown[0]} 不是 {'、'.join(IDENTIFIER_TYPES)} 之一",
                )
            )
        return sorted(set(given))

    def purpose(self, name: str) -> Purpose:
        """Return a purpose by name, or say which one may be meant."""
        for one in self.purposes:
            if one.name == name:
                return one
        raise _unknown(Text("purpose", "用途"), "purpose", name, [one.name for one in self.purposes])

    def check_channel(self, name: str) -> None:
        """Raise unless a channel is one of the project's, or ``any``."""
        known = [ANY, *(one.name for one in self.channels)]
        if name not in known:
            raise _unknown(Text("channel", "渠道"), "channel", name, known)


def policy_of(db: Session, project_id: str) -> Policy:
    """Return what a project has decided."""
    kept = privacy.policy(db, project_id)
    return Policy() if kept is None else Policy.model_validate(kept.policy)


def guards(db: Session, key: IdentifierKey) -> Mapping[str, Guard]:
    """Return what projects do with identifiers that arrive; one that keeps all as they are has no guard."""
    suppressed = privacy.suppressed(db)
    hashed: dict[str, Any] = {
        one.project_id: one.policy.get("hashed_identifiers", []) for one in privacy.policies(db)
    }
    return {
        project: Guard(key.bytes, hashed.get(project, ()), suppressed.get(project, ()))
        for project in {*suppressed, *(name for name, kinds in hashed.items() if kinds)}
    }


def _unknown(what: Text, field: str, got: str, known: list[str]) -> NotFound:
    near = nearest(got, known)
    return NotFound(
        "unknown_consent",
        Text("There is no {what_en} named {got}.", "没有名为 {got} 的{what_zh}。"),
        field=field,
        got=got,
        expected=known,
        hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
        what_en=what.en,
        what_zh=what.zh,
        near=near,
    )
