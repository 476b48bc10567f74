"""One row, one consent that was given or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from tidewheel.collect.files.cells import is_missing
from tidewheel.collect.files.contract import Field, Job, Made, RowKind
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import WireEvent
from tidewheel.core.text import Text

_GRANTED: Final = frozenset(
    [
        "granted",
        "grant",
        "yes",
        "y",
        "true",
        "1",
        "opt_in",
        "optin",
        "opt-in",
        "agreed",
        "allow",
        "allowed",
        "subscribed",
        "同意",
        "已同意",
        "授权",
        "已授权",
        "是",
        "订阅",
        "已订阅",
    ]
)
_WITHDRAWN: Final = frozenset(
    [
        "withdrawn",
        "withdraw",
        "no",
        "n",
        "false",
        "0",
        "opt_out",
        "optout",
        "opt-out",
        "denied",
        "deny",
        "revoked",
        "unsubscribed",
        "撤回",
        "已撤回",
        "撤销",
        "不同意",
        "拒绝",
        "否",
        "退订",
        "已退订",
    ]
)


class Consents(RowKind):
    """Who agreed to what, or took it back, and when."""

    name: ClassVar[str] = "consents"
    title: ClassVar[Text] = Text("Consents", "授权记录")
    needs: ClassVar[tuple[str, ...]] = ("who", "when", "fields.purpose", "fields.state")
    guesses: ClassVar[tuple[str, ...]] = ("who", "when")
    fields: ClassVar[Mapping[str, Field]] = {
        "purpose": Field(("purpose", "consentpurpose", "用途", "目的", "授权用途", "授权目的")),
        "channel": Field(("channel", "consentchannel", "渠道", "触达渠道", "授权渠道")),
        "state": Field(("state", "status", "consent", "granted", "optin", "状态", "授权状态", "是否同意", "是否授权")),
        "evidence": Field(("evidence", "proof", "statement", "证据", "凭证", "授权文案")),
        "version": Field(("version", "policyversion", "版本", "协议版本", "隐私政策版本")),
        "jurisdiction": Field(("jurisdiction", "region", "country", "法域", "适用地区")),
    }  # fmt: skip

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row."""
        when = job.when(row, job.mapping.when)
        if when is None:
            raise Refused("missing_when", job.mapping.when)
        who = job.who(row)
        consent: dict[str, Any] = {}
        for name, column in job.mapping.fields.items():
            value = row.cells.get(column)
            if name in self.fields and not is_missing(value):
                consent[name] = str(value).strip()
        said = consent.get("state", "").lower()
        if said in _GRANTED or said in _WITHDRAWN:
            consent["state"] = "granted" if said in _GRANTED else "withdrawn"
        return Made(
            row.number, WireEvent(None, when, None, who, consent=[consent]), ("consents", when, who, consent)
        )
