"""Money is an integer number of minor units (fen, cent) with a currency (ISO 4217)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

DIGITS: Final = {"JPY": 0, "KRW": 0, "VND": 0}


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount: ``Money(29950, "CNY")`` is ¥299.50."""

    minor: int
    currency: str = "CNY"

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def major(self) -> Decimal:
        """Return the amount in yuan, dollars …"""
        return Decimal(self.minor).scaleb(-DIGITS.get(self.currency, 2))


def parse_money(text: str, currency: str = "CNY", *, field: str | None = None) -> Money:
    """Read ``¥1,299.50`` or ``1299.5`` as exact minor units; half a unit rounds to even."""
    cleaned = text.strip().lstrip("¥￥$€£").replace(",", "").replace("，", "").removesuffix("元").strip()
    try:
        amount = Decimal(cleaned)
        minor = (amount.scaleb(DIGITS.get(currency, 2))).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        raise BadInput(
            "not_money",
            Text("{got} is not an amount of money.", "{got} 不是金额。"),
            field=field,
            got=text,
            expected="1299.50",
            hint=Text(
                "Write digits, optionally with a currency sign and thousands separators.",
                "请写数字，可带货币符号与千位分隔。",
            ),
        ) from None
    return Money(int(minor), currency)
