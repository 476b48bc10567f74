const { start } = require(settings.sdk);

const tw = start({ key: settings.key, url: settings.url });
App({ onLaunch() {}, onShow() {}, onHide() {} });
phone.page("pages/goods/goods", {
  onLoad() {},
  onShareAppMessage: () => ({ title: "连衣裙", path: "/pages/goods/goods?id=A1" }),
  buy() {},
});
async function play() {
  phone.start({ utm_source: "wechat", utm_campaign: "d11", ...settings.opened });
  tw.openid(settings.openid);
  phone.open("pages/goods/goods?id=A1");
  phone.offline(true);
  phone.tap("buy", { id: "buy", dataset: { name: "加购" } });
  tw.purchase({ order_id: settings.order, value: 29950, currency: "CNY", items: [{ item_id: "A1", price: 29950, quantity: 1 }] });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  phone.offline(false);
  const shared = phone.share("button");
  tw.identify(settings.user, { level: "gold" });
  tw.register({ store: "hz01" });
  tw.track("after_login", { x: 1 });
  phone.hide();
  await phone.settle(4_000);
  console.log(JSON.stringify({ path: shared.path }));
}
play().then(() => process.exit());
