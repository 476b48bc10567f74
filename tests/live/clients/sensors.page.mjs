import sensors from "sa-sdk-javascript";

const { address, send, user } = window.settings;
sensors.init({
  server_url: `${address}/sa?project=default`, send_type: send, show_log: false, is_track_single_page: false,
  heatmap: { clickmap: "default", scroll_notice_map: "default" },
});
window.done = (async () => {
  sensors.quick("autoTrack");
  sensors.track("payOrder", { order_id: "SO1", order_actual_amount: 299.5 });
  document.querySelector("#buy").click();
  sensors.login(user);
  sensors.bind("$identity_email", `${user}@b.c`);
  sensors.setProfile({ level: "gold" });
  sensors.track("after_login", { x: 1 });
  sensors.unbind("$identity_email", `${user}@b.c`);
  return true;
})();
