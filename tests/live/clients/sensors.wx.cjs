const sensors = require("sa-sdk-miniprogram");

sensors.setPara({
  server_url: `${settings.address}/sa?project=default`, batch_send: settings.batch && { send_timeout: 1000, max_length: 50 }, show_log: false,
  autoTrack: { appLaunch: true, appShow: true, appHide: true, pageShow: true, pageShare: true, mpClick: true },
});
App({ onLaunch() {}, onShow() {}, onHide() {} });
phone.page("pages/goods/goods", {
  onLoad() {},
  onShareAppMessage: () => ({ title: "连衣裙", path: "/pages/goods/goods?id=A1" }),
  buy() {},
});
sensors.setOpenid(settings.openid);
sensors.init();
phone.start({ utm_source: "wechat", utm_campaign: "d11" });
phone.open("pages/goods/goods?id=A1");
sensors.track("payOrder", { order_id: "SO1", order_actual_amount: 299.5 });
phone.tap("buy", { id: "buy", dataset: { name: "加购" } });
phone.share();
sensors.login(settings.user);
sensors.bind("$identity_email", `${settings.user}@b.c`);
sensors.setProfile({ level: "gold" });
sensors.track("after_login", { x: 1 });
phone.hide();
phone.settle(7_000).then(() => process.exit());
