"""What every question about money asks: what an order is, what takes it back, and which money is meant."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tidewheel.analyse.form import Ask
from tidewheel.analyse.question import Breakdown, EventMatch, Question, Step
from tidewheel.core.text import Text

Name = Annotated[str, Field(min_length=1, max_length=200)]


class MoneyQuestion(Question):
    """A question about orders; see :mod:`tidewheel.analyse.kernels.orders` for what an order and a refund are."""

    purchase: Annotated[Step, Ask(Text("Order", "订单"))] = Step(any_of=(EventMatch(event="purchase"),))
    money: Annotated[
        Literal["gross", "paid", "net"],
        Ask(
            Text("Money", "金额口径"),
            choices={
                "gross": Text("before discounts", "优惠前金额"),
                "paid": Text("as paid", "实付金额"),
                "net": Text("net of refunds", "扣除退款后的净额"),
            },
        ),
    ] = "net"
    refund: Annotated[Step, Ask(Text("Refund", "退款"))] = Step(any_of=(EventMatch(event="refund"),))
    paid_property: Annotated[Name, Ask(Text("Amount paid", "实付金额属性"), edit="property")] = "value"
    gross_property: Annotated[
        Name, Ask(Text("Amount before discounts", "优惠前金额属性"), edit="property")
    ] = "gross_value"
    refund_property: Annotated[Name, Ask(Text("Amount refunded", "退款金额属性"), edit="property")] = (
        "refund_value"
    )
    order_property: Annotated[Name, Ask(Text("Order number", "订单号属性"), edit="property")] = "order_id"

    def order_steps(self) -> tuple[Step, ...]:
        """Return the steps to gather: orders, and refunds where they matter."""
        return (self.purchase, self.refund) if self.money == "net" else (self.purchase,)

    def order_values(self) -> tuple[Breakdown, ...]:
        """Return the amounts to read, in the order :func:`kernels.orders.ledger` wants them."""
        names = {"gross": (self.gross_property,), "net": (self.refund_property,), "paid": ()}[self.money]
        return tuple(Breakdown(property=name, kind="number") for name in (self.paid_property, *names))

    def order_key(self) -> tuple[Breakdown, ...]:
        """Return what tells orders apart."""
        return (Breakdown(property=self.order_property),)
