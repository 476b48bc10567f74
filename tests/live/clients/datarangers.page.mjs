import SDK from "@datarangers/sdk-javascript";

const { me, address } = window.settings;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
SDK.init({ app_id: 10000001, channel_domain: address, autotrack: true, disable_sdk_monitor: true });
SDK.config({ store: "SH01" });
SDK.start();
window.done = (async () => {
  const number = await new Promise((resolve) => SDK.getToken(resolve));
  SDK.event("view_item", { item_id: "A1", price: 299.5 });
  await pause(1_000);
  document.getElementById("buy").click();
  SDK.config({ user_unique_id: `u1-${me}` });
  SDK.event("order_paid", { amount: 299.5, order_id: "SO1" });
  SDK.profileSet({ level: "gold" });
  await pause(1_000);
  return number.web_id;
})();
