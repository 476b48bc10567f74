import { newTracker, setUserId, trackPageView, trackSelfDescribingEvent, trackStructEvent } from "@snowplow/browser-tracker";

const { me, address } = window.settings;
window.done = new Promise((resolve) => {
  let seen = 0;
  newTracker("sp1", address, {
    appId: "shop", bufferSize: 1, onRequestSuccess: (events) => { seen += events.length; if (seen === 3) resolve(true); },
  });
  setUserId(`u1-${me}`);
  trackPageView();
  trackSelfDescribingEvent({ event: { schema: "iglu:com.acme/look/jsonschema/1-0-0", data: { article: "A1" } } });
  trackStructEvent({ category: "shop", action: "add-to-basket", label: "A1", value: 2 });
});
