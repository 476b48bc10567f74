"""Order exports: one row an order, or one row an order line.

A paid order becomes a ``purchase``; money given back becomes a ``refund``. The lines of an order need not be
next to each other: the file is read twice, first to count the lines of each order. A line without an order
number belongs to the order above it (merged cells).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from tidewheel.collect.files.cells import is_missing
from tidewheel.collect.files.contract import Field, ImportKind, Job, Made, Numbered, Skipped
from tidewheel.collect.files.mapping import Mapping as Columns
from tidewheel.collect.files.mapping import Status
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import WireEvent
from tidewheel.core.text import Text

NOT_PAID: Final = frozenset({
    "待付款", "未付款", "未支付", "待支付", "等待买家付款", "已取消", "取消", "交易关闭", "已关闭", "关闭", "订单关闭",
    "cancelled", "canceled", "unpaid", "pending", "awaiting payment", "void", "voided", "expired",
})  # fmt: skip
REFUNDED: Final = frozenset(
    {"已退款", "全额退款", "退款成功", "退货退款", "refunded", "fully refunded", "returned"}
)
_AMOUNTS: Final = ("value", "gross_value", "discount", "shipping", "tax", "platform_fee", "refund_value")
_HANDLED: Final = frozenset({*_AMOUNTS, "order_id", "line_value", "status", "refunded_at"})


class Orders(ImportKind):
    """Orders of any shop system."""

    name: ClassVar[str] = "orders"
    title: ClassVar[Text] = Text("Orders", "订单")
    needs: ClassVar[tuple[str, ...]] = ("who", "when", "fields.order_id")
    guesses: ClassVar[tuple[str, ...]] = ("who", "when")
    fields: ClassVar[Mapping[str, Field]] = {
        "order_id": Field(("orderid", "orderno", "ordernumber", "transactionid", "订单号", "订单编号", "主订单编号", "主订单号",
                           "交易单号", "交易号", "单号", "小票号", "order")),
        "value": Field(("paid", "paidamount", "amountpaid", "payment", "实付金额", "实付款", "实付", "实收金额", "实收", "支付金额",
                        "买家实际支付金额", "买家实付金额", "付款金额", "订单金额", "total", "totalamount", "amount", "金额"), money=True),
        "line_value": Field(("linevalue", "lineamount", "linetotal", "行金额", "商品实付金额", "商品实付", "小计", "商品小计"), money=True),
        "gross_value": Field(("gross", "grossvalue", "subtotal", "商品总价", "商品金额", "商品总额", "订单原价", "应付金额",
                              "应收金额", "原价", "总价"), money=True),
        "discount": Field(("discountamount", "优惠金额", "优惠", "折扣金额", "折扣", "优惠总额", "促销优惠"), money=True),
        "shipping": Field(("freight", "shippingfee", "运费", "邮费", "买家应付邮费"), money=True),
        "tax": Field(("taxamount", "税", "税额", "税费"), money=True),
        "platform_fee": Field(("platformfee", "servicefee", "commission", "平台服务费", "技术服务费", "平台佣金", "平台扣点", "卖家服务费"), money=True),
        "refund_value": Field(("refund", "refundamount", "退款金额", "退款", "退款总额", "已退金额"), money=True),
        "refunded_at": Field(("refundtime", "refunddate", "退款时间", "退款完成时间", "退款日期")),
        "status": Field(("orderstatus", "state", "订单状态", "状态", "交易状态")),
        "channel": Field(("渠道", "订单渠道", "来源渠道", "订单来源", "销售渠道")),
        "store_id": Field(("storeid", "store", "shopid", "门店", "门店编号", "门店id", "店铺", "店铺名称", "门店名称")),
        "coupon_id": Field(("couponid", "coupon", "优惠券", "优惠券id", "券码", "优惠券编号")),
        "item_id": Field(("sku", "skuid", "productid", "goodsid", "商品编码", "商品编号", "商品id", "sku编码", "货号", "规格编码",
                          "商家编码", "外部系统编号"), item=True),
        "item_name": Field(("productname", "producttitle", "goodsname", "商品名称", "商品名", "商品标题", "宝贝标题", "标题", "品名", "商品"),
                           item=True),
        "item_category": Field(("category", "类目", "商品类目", "分类", "商品分类", "品类"), item=True),
        "price": Field(("unitprice", "itemprice", "单价", "商品单价", "商品价格", "价格", "售价"), money=True, item=True),
        "quantity": Field(("qty", "count", "数量", "购买数量", "商品数量", "件数", "宝贝总数量"), item=True),
    }  # fmt: skip

    def refine(self, mapping: Columns, rows: Sequence[Row]) -> Columns:
        """Amounts that differ between the lines of an order are amounts of the lines."""
        order, value = mapping.fields.get("order_id"), mapping.fields.get("value")
        if order is None or value is None or "line_value" in mapping.fields:
            return mapping
        seen: dict[str, str] = {}
        for row in rows:
            if is_missing(row.cells.get(order)) or is_missing(row.cells.get(value)):
                continue
            amount = str(row.cells[value])
            if seen.setdefault(str(row.cells[order]), amount) != amount:
                fields = {name: column for name, column in mapping.fields.items() if name != "value"}
                return mapping.model_copy(update={"fields": fields | {"line_value": value}})
        return mapping

    def first_pass(self, job: Job, rows: Iterable[Numbered]) -> dict[str, int]:
        """Count the lines of each order."""
        lines: dict[str, int] = {}
        for order, _ in self._named(job, rows):
            if isinstance(order, str):
                lines[order] = lines.get(order, 0) + 1
        return lines

    def read(self, job: Job, rows: Iterable[Numbered], seen: dict[str, int]) -> Iterator[Made]:
        """Translate an order when its last line has come."""
        left = dict(seen)
        open_orders: dict[str, list[Row]] = {}
        for order, row in self._named(job, rows):
            if not isinstance(order, str):
                yield Made(row.number if isinstance(row, Row) else row[0], order)
            elif isinstance(row, Row):
                open_orders.setdefault(order, []).append(row)
                left[order] -= 1
                if not left[order]:
                    yield from self._order(job, order, open_orders.pop(order))

    def _named(self, job: Job, rows: Iterable[Numbered]) -> Iterator[tuple[str | Refused, Numbered]]:
        column = job.mapping.fields["order_id"]
        above = ""
        for row in rows:
            if not isinstance(row, Row):
                yield row[1], row
                continue
            value = row.cells.get(column)
            if not is_missing(value):
                above = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
            elif not above or any(not is_missing(row.cells.get(name)) for name in job.mapping.who.values()):
                yield Refused("missing_value", column), row
                continue
            yield above, row

    def _order(self, job: Job, order: str, rows: list[Row]) -> Iterator[Made]:
        number = rows[0].number
        try:
            status = self._first(job, rows, "status")
            status = str(status).strip().lower() if status is not None else ""
            means = self._means(job, rows, status)
            if means == "unpaid":
                yield Made(number, Skipped(status), lines=len(rows))
                return
            facts = list(self._facts(job, order, rows, refunded=means == "refunded"))
        except Refused as problem:
            yield Made(number, problem, lines=len(rows), sent=rows[0].cells)
            return
        yield from facts

    def _means(self, job: Job, rows: list[Row], status: str) -> Status:
        found = job.mapping.statuses.get(status)
        if found == "closed":
            paid = job.mapping.when is not None and any(
                not is_missing(row.cells.get(job.mapping.when)) for row in rows
            )
            return "refunded" if paid else "unpaid"
        return found or ("unpaid" if status in NOT_PAID else "refunded" if status in REFUNDED else "paid")

    def _facts(self, job: Job, order: str, rows: list[Row], *, refunded: bool) -> Iterator[Made]:
        fields, number = job.mapping.fields, rows[0].number
        who: dict[str, Any] = {}
        for row in rows:
            who = job.who(row) | who
        when = next((ms for row in rows if (ms := job.when(row, job.mapping.when)) is not None), None)
        if when is None:
            raise Refused("missing_when", job.mapping.when)
        amounts = {name: self._amount(job, rows, order, name) for name in _AMOUNTS if name in fields}
        columns = job.mapping.items if isinstance(job.mapping.items, dict) else {}
        items = [item for row in rows if (item := job.values(row, columns))]
        if amounts.get("value") is None:
            amounts["value"] = self._sum(job, rows, items)
        rest = {name: column for name, column in job.properties.items() if name not in _HANDLED}
        properties: dict[str, Any] = {"order_id": order}
        for name in rest:
            value = self._first(job, rows, name, rest)
            if value is not None:
                properties[name] = value
        back = amounts.pop("refund_value", None)
        paid = properties | {name: value for name, value in amounts.items() if value is not None}
        yield Made(number, WireEvent("purchase", when, f"order:{order}", who, paid, items), lines=len(rows))
        if refunded and not back:
            back = amounts.get("value")
        if back:
            at = next(
                (ms for row in rows if (ms := job.when(row, fields.get("refunded_at"))) is not None), when
            )
            given = properties | {"refund_value": back, "full": back >= (amounts.get("value") or 0)}
            yield Made(number, WireEvent("refund", at, f"refund:{order}", who, given, items), lines=0)

    def _amount(self, job: Job, rows: list[Row], order: str, name: str) -> int | None:
        column = job.mapping.fields[name]
        amounts = _fen(job, rows, column)
        if len(set(amounts)) > 1 and name == "value":
            raise Refused("value_differs", column, sorted(map(str, set(amounts)))[:5], order=order)
        return sum(amounts) if len(set(amounts)) > 1 else next(iter(amounts), None)

    def _sum(self, job: Job, rows: list[Row], items: list[dict[str, Any]]) -> int | None:
        column = job.mapping.fields.get("line_value")
        if column:
            return sum(_fen(job, rows, column))
        priced = [item for item in items if isinstance(item.get("price"), int)]
        if not priced:
            return None
        counts = (item.get("quantity") for item in priced)
        whole = [count if isinstance(count, int | float) else 1 for count in counts]
        total: float = sum(item["price"] * count for item, count in zip(priced, whole, strict=True))
        return round(total)

    def _first(self, job: Job, rows: list[Row], name: str, columns: Mapping[str, str] | None = None) -> Any:
        column = (columns or job.mapping.fields).get(name)
        if column is None:
            return None
        return next((value for row in rows if (value := job.value(row, column)) is not None), None)


def _fen(job: Job, rows: list[Row], column: str) -> list[int]:
    return [amount for row in rows if isinstance(amount := job.value(row, column), int)]
