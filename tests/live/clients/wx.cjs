/**
 * Enough of WeChat's mini-program runtime to run a vendor's SDK in Node: App, Page, storage, requests, system
 * information, life cycle. It shows which bytes an SDK makes, not what WeChat's own network layer does to them.
 *
 * `node --require wx.cjs script.cjs '{"address": …}'`; the script finds `wx`, `App`, `Page`, `getApp`,
 * `getCurrentPages` and `phone`, with which it plays the visitor.
 */
const APP_ID = "wx1234567890abcdef";
const SCENE = 1047;
const MINUTE = 60_000;

const storage = new Map();
const listeners = { appShow: [], appHide: [], network: [] };
const pages = new Map();
const open = [];
const waiting = new Set();
let begun = Date.now();
let app;
let declaring = "";
let away = false;

const system = {
  brand: "HUAWEI", model: "P60", system: "Android 13", platform: "android", version: "8.0.50", SDKVersion: "3.5.0",
  language: "zh_CN", pixelRatio: 3, screenWidth: 390, screenHeight: 844, windowWidth: 390, windowHeight: 753,
  statusBarHeight: 47, benchmarkLevel: 30, fontSizeSetting: 16,
};
const account = { miniProgram: { appId: APP_ID, envVersion: "release", version: "1.0.0" } };
let launch = { path: "pages/index/index", query: {}, scene: SCENE, referrerInfo: {}, shareTicket: "" };

/** Call `success` and `complete` with an answer at the next turn, as WeChat does. */
function answer(options, value) {
  const said = { errMsg: "ok", ...value };
  setImmediate(() => {
    options?.success?.(said);
    options?.complete?.(said);
  });
  return options?.success || options?.complete ? undefined : Promise.resolve(said);
}

function fail(options, errMsg) {
  options?.fail?.({ errMsg, errno: 600_001 });
  options?.complete?.({ errMsg });
}

/** Send a request over HTTP; its body and headers go out as the SDK gave them. */
function request(options) {
  const method = (options.method ?? "GET").toUpperCase();
  const headers = { "content-type": "application/json", ...lowered(options.header) };
  const url = new URL(options.url);
  let body;
  if (options.data != null && method === "GET") {
    for (const [name, value] of Object.entries(options.data)) url.searchParams.set(name, value);
  } else if (options.data != null) {
    body = typeof options.data === "string" || options.data instanceof ArrayBuffer
      ? options.data : JSON.stringify(options.data);
  }
  if (url.hostname !== "127.0.0.1") {
    setImmediate(() => fail(options, "request:fail url not in domain list"));
    return { abort() {}, onHeadersReceived() {}, offHeadersReceived() {} };
  }
  if (away) {
    setImmediate(() => fail(options, "request:fail no network"));
    return { abort() {}, onHeadersReceived() {}, offHeadersReceived() {} };
  }
  const stop = new AbortController();
  const sent = fetch(url, { method, headers, body, signal: stop.signal })
    .then(async (reply) => {
      const text = await reply.text();
      let data = text;
      if (options.dataType !== "text") {
        try { data = JSON.parse(text); } catch { /* stays text, as in WeChat */ }
      }
      const said = {
        data, statusCode: reply.status, header: Object.fromEntries(reply.headers), errMsg: "request:ok", cookies: [],
      };
      options.success?.(said);
      options.complete?.(said);
    })
    .catch((error) => fail(options, `request:fail ${error.message}`))
    .finally(() => waiting.delete(sent));
  waiting.add(sent);
  begun = Date.now();
  return { abort: () => stop.abort(), onHeadersReceived() {}, offHeadersReceived() {} };
}

function lowered(header) {
  return Object.fromEntries(Object.entries(header ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

const known = {
  request,
  getStorageSync: (name) => (storage.has(name) ? structuredClone(storage.get(name)) : ""),
  setStorageSync: (name, value) => void storage.set(name, structuredClone(value)),
  removeStorageSync: (name) => void storage.delete(name),
  clearStorageSync: () => storage.clear(),
  getStorageInfoSync: () => ({ keys: [...storage.keys()], currentSize: 1, limitSize: 10_240 }),
  getStorage: (options) =>
    storage.has(options.key) ? answer(options, { data: storage.get(options.key) }) : fail(options, "data not found"),
  setStorage: (options) => (storage.set(options.key, options.data), answer(options)),
  removeStorage: (options) => (storage.delete(options.key), answer(options)),
  getSystemInfoSync: () => ({ ...system }),
  getSystemInfo: (options) => answer(options, system),
  getDeviceInfo: () => ({ ...system }),
  getWindowInfo: () => ({ ...system }),
  getAppBaseInfo: () => ({ ...system }),
  getSystemSetting: () => ({}),
  getAccountInfoSync: () => account,
  getNetworkType: (options) => answer(options, { networkType: "wifi" }),
  onNetworkStatusChange: (tell) => void listeners.network.push(tell),
  onAppShow: (tell) => void listeners.appShow.push(tell),
  onAppHide: (tell) => void listeners.appHide.push(tell),
  getLaunchOptionsSync: () => launch,
  getEnterOptionsSync: () => launch,
  getExtConfigSync: () => ({}),
  getUpdateManager: () => ({ onCheckForUpdate() {}, onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {} }),
  login: (options) => answer(options, { code: "code-1" }),
  navigateTo: (options) => (phone.open(options.url), answer(options)),
  createSelectorQuery: () => {
    const query = { in: () => query, select: () => query, selectAll: () => query, selectViewport: () => query,
      boundingClientRect: () => query, scrollOffset: () => query, exec: (tell) => tell?.([]) };
    return query;
  },
  canIUse: (what) => what.split(".")[0] in known,
  nextTick: setImmediate,
};

/** What a script does in the visitor's place. */
const phone = {
  appId: APP_ID,
  /** Declare a page as the file at its path would. */
  page(path, options = {}) {
    declaring = path;
    globalThis.Page(options);
  },
  /** Start the app with what a share or an advert put into its address. */
  start(query = {}) {
    launch = { ...launch, query };
    app?.onLaunch?.call(app, launch);
    phone.show();
  },
  show() {
    app?.onShow?.call(app, launch);
    for (const tell of listeners.appShow) tell(launch);
  },
  hide() {
    const page = open.at(-1);
    page?.onHide?.call(page);
    app?.onHide?.call(app);
    for (const tell of listeners.appHide) tell({ reason: 0 });
  },
  /** Open a page by its address; `pages/goods/goods?id=1`. */
  open(url) {
    const [path, search = ""] = url.replace(/^\//, "").split("?");
    const options = Object.fromEntries(new URLSearchParams(search));
    const page = pages.get(path);
    Object.assign(page, { route: path, __route__: path, options, data: page.data ?? {}, setData() {} });
    open.push(page);
    page.onLoad?.call(page, options);
    page.onShow?.call(page);
    page.onReady?.call(page);
    return page;
  },
  /** Lose the network, or find it again. */
  offline(lost) {
    away = lost;
    for (const tell of listeners.network) tell({ isConnected: !lost, networkType: lost ? "none" : "wifi" });
  },
  /** Tap something that has a handler on the open page. */
  tap(handler, { id = "", dataset = {}, ...rest } = {}) {
    const page = open.at(-1);
    const target = { id, offsetLeft: 0, offsetTop: 0, dataset, ...rest };
    page[handler].call(page, {
      type: "tap", timeStamp: 1, target, currentTarget: target, detail: { x: 10, y: 20 }, touches: [], changedTouches: [],
    });
  },
  /** Share the open page as WeChat asks for it; returns what the page hands over. */
  share(from = "menu") {
    const page = open.at(-1);
    return page.onShareAppMessage?.call(page, { from });
  },
  /** Resolve once all requests are answered and none was begun for a while: SDKs send by timers of their own. */
  async settle(quiet = 2_500) {
    const end = Date.now() + MINUTE;
    while (Date.now() < end && (waiting.size || Date.now() - begun < quiet)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
};

const wx = new Proxy(known, {
  get: (target, name) => target[name] ?? (typeof name === "string" && name.startsWith("on") ? () => {} : undefined),
});

Object.assign(globalThis, {
  wx,
  phone,
  App: (options) => void (app = options),
  Page: (options) => void pages.set(declaring, options),
  Component: (options) => void pages.set(declaring, { ...options, ...options.methods }),
  Behavior: (options) => options,
  getApp: () => app,
  getCurrentPages: () => open,
  __wxConfig: { appLaunchInfo: launch, pages: [] },
  settings: JSON.parse(process.argv[2] ?? "{}"),
});
