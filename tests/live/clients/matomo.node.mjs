import { subscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";

const MatomoTracker = createRequire(import.meta.url)("matomo-tracker");
const { address, time, visitor: id, user } = JSON.parse(process.argv[2]);
const matomo = new MatomoTracker(7, `${address}/matomo.php`);
matomo.on("error", (error) => { throw new Error(`answered ${error}`); });
// The client reads no answer to a single hit, so that its connection would keep this process until the server closes it.
let awaited = 4;
const over = () => { awaited -= 1; if (awaited === 0) process.exit(); };
subscribe("http.client.response.finish", over);
const visitor = { _id: id, cdt: Math.floor(time / 1000) };
matomo.track({
  ...visitor, url: "http://shop.example/goods?utm_source=wechat", action_name: "连衣裙", urlref: "https://weixin.qq.com/",
});
matomo.track({
  ...visitor, url: "http://shop.example/paid", uid: user, idgoal: 0, ec_id: "SO1", revenue: "319.5", ec_st: "299.5", ec_sh: "20",
  ec_items: JSON.stringify([["A1", "连衣裙", "女装", 299.5, 1]]),
});
matomo.trackBulk(
  [
    { ...visitor, url: "http://shop.example/s", search: "连衣裙", search_count: 12 },
    { ...visitor, url: "http://shop.example/v", e_c: "video", e_a: "play", e_n: "秀场", e_v: "3.5" },
  ],
  (said) => { console.log(said); over(); },
);
