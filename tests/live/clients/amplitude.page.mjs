import * as amplitude from "@amplitude/analytics-browser";

const { me, address, key } = window.settings;
window.done = (async () => {
  await amplitude.init(key, {
    serverUrl: `${address}/2/httpapi`, fetchRemoteConfig: false, remoteConfig: { fetchRemoteConfig: false },
    autocapture: { pageViews: true, sessions: true, attribution: false, elementInteractions: false },
  }).promise;
  amplitude.setUserId(`u1-${me}`);
  amplitude.track("order_paid", { order_id: "SO1", amount: 299.5 });
  amplitude.identify(new amplitude.Identify().set("level", "gold"));
  await amplitude.flush().promise;
  return true;
})();
