"""What the events and properties of the retail vocabulary are called in both languages."""

from __future__ import annotations

from typing import Final

from tidewheel.collect.enrich import ENRICHMENTS
from tidewheel.serve.api.fields import Title

_EVENTS: Final = """
page_view | Page view | 浏览页面
click | Click | 点击元素
view_item | Item viewed | 浏览商品
view_item_list | List viewed | 浏览商品列表
select_item | Item picked from a list | 点击商品
search | Search | 搜索
view_search_results | Search results viewed | 查看搜索结果
add_to_cart | Added to cart | 加入购物车
remove_from_cart | Removed from cart | 移出购物车
view_cart | Cart viewed | 查看购物车
add_to_wishlist | Added to wishlist | 收藏商品
begin_checkout | Checkout begun | 去结算
add_shipping_info | Shipping chosen | 填写收货信息
add_payment_info | Payment chosen | 选择支付方式
purchase | Purchase | 支付订单
refund | Refund | 退款
share | Share | 分享
share_open | Shared link opened | 打开分享
sign_up | Sign-up | 注册
login | Login | 登录
slot_view | Slot seen | 资源位曝光
slot_click | Slot clicked | 资源位点击
live_enter | Live show entered | 进入直播间
live_leave | Live show left | 离开直播间
coupon_issue | Coupon issued | 发放优惠券
coupon_claim | Coupon claimed | 领取优惠券
coupon_redeem | Coupon redeemed | 核销优惠券
join_group | Group joined | 加入社群
leave_group | Group left | 退出社群
add_contact | Contact added | 添加企业微信
remove_contact | Contact removed | 删除企业微信
follow | Official account followed | 关注公众号
unfollow | Official account left | 取消关注
scan_item | Item scanned | 扫码商品
store_visit | Store visited | 到店
post_view | Post viewed | 浏览内容
post_publish | Post published | 发布内容
post_like | Post liked | 点赞内容
message_send | Message sent | 发送消息
message_open | Message opened | 打开消息
message_click | Message clicked | 点击消息
ad_view | Ad seen | 广告曝光
ad_click | Ad clicked | 广告点击
app_open | App opened | 打开应用
"""
_PROPERTIES: Final = """
order_id | Order | 订单号
value | Amount paid | 实付金额
gross_value | Amount before discounts | 订单原价
discount | Discount | 优惠金额
refund_value | Amount refunded | 退款金额
tax | Tax | 税费
shipping | Shipping | 运费
currency | Currency | 币种
coupon_id | Coupon | 优惠券
store_id | Store | 门店
channel | Channel | 渠道
platform | Platform | 平台
scene | Scene | 场景值
utm_source | UTM source | UTM 来源
utm_medium | UTM medium | UTM 媒介
utm_campaign | UTM campaign | UTM 活动
search_term | Search word | 搜索词
results | Results found | 搜索结果数
item_id | Item | 商品编号
item_name | Item name | 商品名称
item_category | Category | 商品类目
item_brand | Brand | 品牌
price | Price | 单价
quantity | Quantity | 数量
slot_id | Slot | 资源位
city | City | 城市
name | Name | 姓名
nickname | Nickname | 昵称
gender | Gender | 性别
birthday | Birthday | 生日
birth_year | Year of birth | 出生年份
member_level | Member level | 会员等级
first_channel | First channel | 首次来源渠道
sign_up_channel | Sign-up channel | 注册渠道
province | Province | 省份
page | Page | 页面
element | Element | 元素
element_text | Element text | 元素文字
element_kind | Element kind | 元素类型
x | Across the page | 横向位置
y | Down the page | 纵向位置
viewport_width | Window width | 窗口宽度
viewport_height | Window height | 窗口高度
host | Host | 站点
os | Operating system | 操作系统
method | Method | 方式
pay_method | Means of payment | 支付方式
reason | Reason | 原因
position | Position | 位置
list_name | List | 列表
slot_name | Slot name | 资源位名称
store_name | Store name | 门店名称
coupon_name | Coupon name | 优惠券名称
threshold | Minimum spend | 使用门槛
full | In full | 是否全额
item_category2 | Second category | 二级类目
post_id | Post | 内容编号
post_title | Post title | 内容标题
show_id | Live show | 直播场次
show_title | Live show title | 直播标题
message_id | Message | 消息编号
message_title | Message title | 消息标题
message_channel | Message channel | 消息渠道
share_id | Share | 分享编号
parent_share_id | Parent share | 上级分享
root_share_id | Root share | 源头分享
share_to | Shared to | 分享到
depth | Depth | 层级
is_koc | KOC | 是否 KOC
staff_id | Staff | 导购
group_id | Group | 社群
search_type | Search type | 搜索类型
duration | Duration | 时长
session_id | Session id | 会话编号
content_id | Content | 内容
user_agent | User agent | 浏览器标识
"""


def _read(table: str) -> dict[str, Title]:
    lines = [line.split(" | ") for line in table.strip().splitlines()]
    return {name: Title(en=en, zh=zh) for name, en, zh in lines}


EVENTS: Final = _read(_EVENTS)
PROPERTIES: Final = {
    added.property: Title(en=added.title.en, zh=added.title.zh)
    for enrichment in ENRICHMENTS.all().values()
    for added in enrichment.adds
} | _read(_PROPERTIES)
