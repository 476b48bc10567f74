import mixpanel from "mixpanel-browser";

const { me, address, key } = window.settings;
mixpanel.init(key, { api_host: address, batch_requests: false, track_pageview: true, autocapture: false });
const sent = (name, more) => new Promise((resolve) => mixpanel.track(name, more, resolve));
window.done = (async () => {
  await sent("order_paid", { order_id: "SO1", amount: 299.5 });
  mixpanel.identify(`u1-${me}`);
  await new Promise((resolve) => mixpanel.people.set({ $email: "a@b.c", level: "gold" }, resolve));
  await sent("after_login", { x: 1 });
  return true;
})();
