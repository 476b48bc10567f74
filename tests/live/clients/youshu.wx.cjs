const sr = require("sr-sdk-wxapp");

sr.init({
  appid: phone.appId, token: "bi0123456789abcdef", serverUrl: settings.address, usePlugin: false, proxyPage: true,
  autoTrack: true, openSdkShareDepth: true, encrypt: settings.encrypt ?? false,
});
sr.setUser({ open_id: `o-${settings.me}`, union_id: `n-${settings.me}`, user_id: `u-${settings.me}`, tag: [{ tag_id: "t1", tag_name: "金卡" }] });
App({ onLaunch() {}, onShow() {}, onHide() {} });
phone.page("pages/goods/goods", {
  onShareAppMessage: () => ({ title: "连衣裙", path: "/pages/goods/goods?id=A1" }),
});
phone.start({ utm_source: "wechat", utm_campaign: "d11" });
phone.open("pages/goods/goods?id=A1");
const goods = {
  sku: { sku_id: "A1", sku_name: "连衣裙" }, spu: { spu_id: "S1", spu_name: "连衣裙" },
  sale: { original_price: 399, current_price: 299.5 },
};
sr.track("browse_sku_page", goods);
sr.track("add_to_cart", { ...goods, sku_num: 2 });
phone.share();
const order = (order_status) => ({
  order: { order_id: "SO1", order_time: settings.time, order_status },
  sub_orders: [{ sub_order_id: "SO1-1", order_amt: 399, pay_amt: 299.5 }, { sub_order_id: "SO1-2", order_amt: 20, pay_amt: 20 }],
});
for (const status of ["give_order", "pay", "payed", "refund"]) sr.track("custom_order", order(status));
phone.hide();
phone.settle(7_000).then(() => process.exit());
