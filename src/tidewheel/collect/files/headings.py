"""How columns are headed in practice, in English and Chinese, strongest first."""

from __future__ import annotations

import re
from typing import Final

_NOISE: Final = re.compile(r"[\s_\-./#*:：]+|[(（\[【].*?[)）\]】]")
_UNIT: Final = re.compile(
    r"[(（\[【]\s*(元|分|yuan|fen|cny|rmb|cents?)\s*[)）\]】]|_(fen|cents|yuan)$", re.IGNORECASE
)

WHO: Final[dict[str, tuple[str, ...]]] = {
    "unionid": ("unionid", "微信unionid"),
    "openid": ("openid", "微信openid", "小程序openid", "wxopenid"),
    "external_userid": ("externaluserid", "外部联系人id", "企微外部联系人id"),
    "phone": ("phone", "mobile", "phonenumber", "mobilephone", "tel", "telephone", "cellphone", "手机号", "手机号码", "手机",
              "会员手机", "会员手机号", "买家手机", "收货人手机", "收货人手机号", "收件人手机", "联系手机", "联系电话", "电话"),
    "email": ("email", "mail", "emailaddress", "邮箱", "电子邮箱", "邮件"),
    "member_card": ("membercard", "memberno", "memberid", "cardno", "memberno", "vipno", "会员卡号", "会员号", "会员编号", "会员卡", "卡号"),
    "user": ("userid", "user", "uid", "customerid", "customer", "buyerid", "accountid", "用户id", "用户编号", "用户", "客户id",
             "客户编号", "会员id", "买家id", "买家会员名", "买家昵称", "会员名", "账号"),
    "device": ("deviceid", "device", "did", "idfa", "oaid", "imei", "androidid", "设备id", "设备号", "设备编号", "设备"),
    "cookie": ("cookieid", "cookie", "anonymousid", "distinctid", "visitorid", "clientid", "访客id", "匿名id"),
}  # fmt: skip
WHAT: Final = ("event", "eventname", "eventtype", "action", "behavior", "behaviour", "behaviortype", "事件", "事件名", "事件名称",
               "事件类型", "行为", "行为类型", "动作")  # fmt: skip
WHEN: Final = ("eventtime", "paidat", "paytime", "付款时间", "支付时间", "买家付款时间", "订单付款时间", "支付完成时间", "成交时间",
               "交易时间", "time", "timestamp", "datetime", "timeiso8601", "timelocal", "@timestamp", "occurredat", "ts", "事件时间", "时间", "发生时间", "下单时间",
               "订单创建时间", "createdat", "createtime", "created", "ordertime", "orderdate", "创建时间", "提交时间",
               "订单时间", "注册时间", "入会时间", "date", "day", "日期")  # fmt: skip
ITEMS: Final = ("items", "products", "goods", "商品列表", "商品明细", "商品")


def plain(heading: str) -> str:
    """Return a heading without case, spaces, signs and remarks in brackets."""
    return _NOISE.sub("", heading).lower()


def unit_in(heading: str) -> str | None:
    """Return ``yuan`` or ``fen`` when a heading names its unit."""
    found = _UNIT.search(heading)
    if not found:
        return None
    return "fen" if (found[1] or found[2]).lower() in ("分", "fen", "cent", "cents") else "yuan"
