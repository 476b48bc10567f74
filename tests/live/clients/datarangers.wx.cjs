const sdk = require("@datarangers/sdk-mp");

// The client rejects promises that it does not wait for; WeChat only logs that, Node would end.
process.on("unhandledRejection", () => {});
sdk.init({ app_id: 10000001, auto_report: true, channel_domain: settings.address, enable_profile: true });
sdk.config({ store: "SH01" });
sdk.send();
App({ onLaunch() {}, onShow() {}, onHide() {} });
phone.page("pages/goods/goods", { onShareAppMessage: () => ({ title: "连衣裙", path: "/pages/goods/goods?id=A1" }) });
phone.start({ utm_source: "wechat", utm_campaign: "d11" });
phone.open("pages/goods/goods?id=A1");
sdk.event("view_item", { item_id: "A1", price: 299.5 });
setTimeout(() => {
  sdk.config({ user_unique_id: `u1-${settings.me}`, wechat_openid: `o1-${settings.me}`, wechat_unionid: `n1-${settings.me}` });
  sdk.event("order_paid", { amount: 299.5, order_id: "SO1" });
  sdk.profileSet({ level: "gold" });
  phone.share();
  phone.hide();
}, 1_000);
phone.settle(4_000).then(() => process.exit());
