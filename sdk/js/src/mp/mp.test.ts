import { fromToken } from "../core/share";
import { start } from "./index";
import type { MiniProgramClient, MiniProgramOptions } from "./index";
import type { Definition, Globals, PageInstance, Wx } from "./wx";

type Does = (this: PageInstance, ...given: unknown[]) => unknown;
interface Sent {
  event?: string;
  who: Record<string, string>;
  properties: Record<string, unknown>;
}

/** A mini program on nothing: definitions are kept, and their functions are called as WeChat would. */
class Phone {
  kept = new Map<string, unknown>();
  bodies: string[] = [];
  online = true;
  connected: (now: { isConnected: boolean }) => void = () => {};
  seen: (entry: {
    dataset: Record<string, unknown>;
    intersectionRatio: number;
  }) => void = () => {};
  app: Definition = {};
  client: MiniProgramClient;
  globals: Globals;

  constructor(options: Partial<MiniProgramOptions> = {}) {
    const wx: Wx = {
      getStorageSync: (name) => this.kept.get(name) ?? "",
      setStorageSync: (name, value) => void this.kept.set(name, value),
      removeStorageSync: (name) => void this.kept.delete(name),
      getStorageInfoSync: () => ({ keys: [...this.kept.keys()] }),
      request: ({ data, success, fail }) => {
        if (!this.online) return fail(new Error("offline"));
        this.bodies.push(data);
        success({ statusCode: 200, header: {} });
      },
      onNetworkStatusChange: (changed) => void (this.connected = changed),
      getAccountInfoSync: () => ({ miniProgram: { appId: "wx123" } }),
      getDeviceInfo: () => ({
        platform: "ios",
        system: "iOS 18.5",
        model: "iPhone",
      }),
    };
    this.globals = {
      wx,
      App: (app) => (this.app = app),
      Page: (page) => page,
      Component: (component) => component,
    };
    this.client = start(
      { key: "k", url: "https://data.example", ...options },
      this.globals,
    );
  }

  open(opened: object, app: Definition = {}) {
    this.globals.App(app);
    (this.app.onLaunch as Does).call({}, opened);
    (this.app.onShow as Does).call({}, opened);
  }

  page(route: string, definition: Definition): Definition & PageInstance {
    const observer = {
      relativeToViewport: () => observer,
      observe: (_: string, seen: Phone["seen"]) => void (this.seen = seen),
      disconnect: () => {},
    };
    const page = this.globals.Page(definition) as PageInstance;
    Object.assign(page, { route, createIntersectionObserver: () => observer });
    (page.onShow as Does)();
    (page.onReady as Does)();
    return page;
  }

  get sent(): Sent[] {
    return this.bodies.flatMap(
      (body) => (JSON.parse(body) as { events: Sent[] }).events,
    );
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it("records launch, pages, taps and slots, with the scene, and calls the shop's own functions", async () => {
  const called: unknown[] = [];
  const phone = new Phone();
  phone.open(
    { path: "pages/home", scene: 1089, query: { utm_source: "moments" } },
    { onLaunch: () => called.push("launch") },
  );
  const page = phone.page("pages/home", {
    onShow: () => called.push("show"),
    buy(event: unknown) {
      called.push((event as { type: string }).type);
      return "bought";
    },
    quiet: () => {},
  });
  const tap = (dataset: object, id = "") => ({
    type: "tap",
    currentTarget: { id, dataset },
  });
  expect(
    (page.buy as Does)(
      tap({
        tw: "buy",
        text: "立即购买",
        slot: "banner",
        slotName: "首页轮播",
      }),
    ),
  ).toBe("bought");
  (page.quiet as Does)(tap({ twIgnore: "" }));
  (page.quiet as Does)({
    type: "input",
    detail: { value: "secret" },
    currentTarget: { dataset: {} },
  });
  phone.seen({ dataset: { slot: "floor" }, intersectionRatio: 0.6 });
  phone.seen({ dataset: { slot: "brief" }, intersectionRatio: 0.6 });
  await pass(500);
  phone.seen({ dataset: { slot: "brief" }, intersectionRatio: 0.1 });
  await pass(5000);
  expect(called).toEqual(["launch", "show", "tap"]);
  expect(phone.sent.map((one) => one.event)).toEqual([
    "app_launch",
    "page_view",
    "click",
    "slot_click",
    "slot_view",
  ]);
  for (const one of phone.sent) {
    expect(one.properties).toMatchObject({
      platform: "mini_program",
      os: "iOS",
      scene: "1089",
      utm_source: "moments",
    });
  }
  expect(phone.sent[1]?.properties.page).toBe("/pages/home");
  expect(phone.sent[2]?.properties).toMatchObject({
    element: "@buy",
    element_text: "立即购买",
    slot_id: "banner",
  });
  expect(phone.sent[4]?.properties.slot_id).toBe("floor");
  expect(JSON.stringify(phone.sent)).not.toContain("secret");
});

it("marks what is shared, and knows it again on another phone", async () => {
  const one = new Phone();
  one.open({ scene: 1001 });
  const page = one.page("pages/goods", {
    onShareAppMessage: () => ({ title: "口红", path: "/pages/goods?id=1" }),
    onShareTimeline: () => ({ query: "id=1" }),
  });
  const { path } = (page.onShareAppMessage as Does)({ from: "button" }) as {
    path: string;
  };
  const token = new URLSearchParams(path.split("?")[1]).get("tw_share");
  expect(fromToken(token)?.depth).toBe(1);
  expect(path.startsWith("/pages/goods?id=1&tw_share=")).toBe(true);
  const timeline = (page.onShareTimeline as Does)() as { query: string };
  expect(timeline.query.startsWith("id=1&tw_share=")).toBe(true);

  const two = new Phone();
  two.open({ scene: 1007, query: { id: "1", tw_share: token } });
  const again = two.page("pages/goods", { onShareAppMessage: () => ({}) });
  const next = (again.onShareAppMessage as Does)({}) as { path: string };
  const share = fromToken(next.path.split("tw_share=")[1]);
  expect(share).toMatchObject({
    depth: 2,
    parent: fromToken(token)?.id,
    root: fromToken(token)?.id,
  });
  await pass(3000);
  expect(two.sent.map((sent) => sent.event)).toEqual([
    "share_open",
    "app_launch",
    "page_view",
    "share",
  ]);
  expect(
    one.sent.find((sent) => sent.event === "share")?.properties,
  ).toMatchObject({ share_to: "chat", share_from: "button" });
});

it("waits offline and sends when the network is back, each once", async () => {
  const phone = new Phone();
  phone.online = false;
  phone.open({});
  phone.client.openid("oABC", "un1");
  await pass(60_000);
  expect(phone.sent).toEqual([]);
  phone.online = true;
  phone.connected({ isConnected: true });
  await pass(10);
  expect(phone.sent).toHaveLength(2);
  expect(phone.sent[1]?.who).toMatchObject({
    openid: "wx123/oABC",
    unionid: "un1",
  });
});

it("never breaks the shop", () => {
  const phone = new Phone();
  phone.kept.set("tw.k.state", "{torn");
  phone.open({ query: { utm_source: "%E0%A4%A" } });
  const page = phone.page("pages/home", { tap: () => "fine" });
  expect((page.tap as Does)({ type: "tap", currentTarget: null })).toBe("fine");
});
