import posthog from "posthog-js";

const { me, address, key } = window.settings;
window.done = new Promise((resolve) => {
  posthog.init(key, {
    api_host: address, opt_out_useragent_filter: true, request_batching: false, defaults: "2025-05-24",
    loaded: () => {
      posthog.capture("order_paid", { order_id: "SO1", amount: 299.5 });
      posthog.identify(`u1-${me}`, { email: "a@b.c" });
      posthog.capture("after_login", { x: 1 });
      posthog.onFeatureFlags(() => resolve(true));
    },
  });
});
