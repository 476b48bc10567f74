import { createClient } from "./client";
import type { Host, Options, Reply } from "./types";

interface Sent {
  event?: string;
  id: string;
  time: number;
  who: Record<string, string>;
  properties: Record<string, unknown>;
  person?: unknown;
}

/** A place with a storage that outlives clients, and a server that answers what it is told. */
class Place implements Host {
  kept = new Map<string, string>();
  answers: (Reply | "nobody")[] = [];
  bodies: { events: Sent[]; sent_at: number }[] = [];
  read = (name: string) => this.kept.get(name) ?? null;
  write = (name: string, text: string | null) =>
    void (text === null ? this.kept.delete(name) : this.kept.set(name, text));
  names = () => [...this.kept.keys()];
  about = () => ({ platform: "web" });
  async post(_url: string, body: string) {
    this.bodies.push(JSON.parse(body));
    const answer = this.answers.shift() ?? { status: 200, retryAfter: 0 };
    if (answer === "nobody") throw new Error("offline");
    return answer;
  }
  start(more: Partial<Options> = {}) {
    return createClient(
      { key: "k", url: "https://data.example", ...more },
      this,
    );
  }
  get sent(): Sent[] {
    return this.bodies.flatMap((body) => body.events);
  }
}

let place: Place;
beforeEach(() => {
  vi.useFakeTimers();
  place = new Place();
});
afterEach(() => vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("sending", () => {
  it("gathers events and forgets them once answered", async () => {
    const tw = place.start();
    tw.track("a", { n: 1 });
    tw.purchase({ order_id: "SO1", value: 100, items: [{ item_id: "S" }] });
    await pass(3000);
    expect(place.bodies).toHaveLength(1);
    expect(place.sent.map((one) => one.event)).toEqual(["a", "purchase"]);
    expect(place.names().filter((name) => name.includes(".e."))).toEqual([]);
  });

  it("sends the same ids again until somebody answers, with growing pauses", async () => {
    place.answers = [
      "nobody",
      { status: 503, retryAfter: 0 },
      { status: 429, retryAfter: 60 },
    ];
    const tw = place.start();
    tw.track("a");
    await pass(2000);
    expect(place.bodies).toHaveLength(1);
    await pass(1000);
    expect(place.bodies).toHaveLength(2);
    await pass(2000);
    expect(place.bodies).toHaveLength(3);
    await pass(57_000);
    expect(place.bodies).toHaveLength(3);
    await pass(5000);
    expect(new Set(place.sent.map((one) => one.id)).size).toBe(1);
    expect(place.bodies).toHaveLength(4);
    await pass(600_000);
    expect(place.bodies).toHaveLength(4);
  });

  it("keeps the order of what is said within a millisecond, and follows the clock", async () => {
    const tw = place.start();
    const began = Date.now();
    for (const level of ["silver", "gold", "black"]) tw.set({ level });
    for (let at = 0; at < 500; at++) tw.track("burst");
    await pass(60_000);
    tw.track("later");
    await pass(60_000);
    const times = place.sent.map((one) => one.time);
    expect(times.slice(0, 3)).toEqual([began, began + 1, began + 2]);
    expect(Math.max(...times.slice(0, 503))).toBe(began + 101);
    expect(times.at(-1)).toBe(began + 60_000);
  });

  it("leaves to the next page what died unanswered", async () => {
    place.answers = ["nobody"];
    place.start().track("a");
    await pass(2000);
    vi.clearAllTimers();
    const reborn = place.start();
    reborn.track("b");
    await pass(3000);
    expect(place.sent.map((one) => one.event)).toEqual(["a", "a", "b"]);
    expect(place.sent[0]?.id).toBe(place.sent[1]?.id);
  });

  it("keeps within 60 KB and what a page may keep", async () => {
    const tw = place.start({ limit: 30 });
    for (let at = 0; at < 40; at++)
      tw.track(`e${at}`, { text: "潮".repeat(1500) });
    await pass(10_000);
    expect(place.sent).toHaveLength(30);
    expect(place.sent[0]?.event).toBe("e10");
    for (const body of place.bodies) {
      expect(
        new TextEncoder().encode(JSON.stringify(body)).length,
      ).toBeLessThan(64_000);
    }
  });

  it("halves what is too large and drops what is refused", async () => {
    place.answers = [
      { status: 413, retryAfter: 0 },
      { status: 422, retryAfter: 0 },
    ];
    const tw = place.start();
    for (const name of ["a", "b", "c", "d"]) tw.track(name);
    await pass(10_000);
    expect(place.bodies.map((body) => body.events.length)).toEqual([4, 2, 2]);
  });

  it("keeps events for which its key is not taken", async () => {
    place.answers = [{ status: 401, retryAfter: 0 }];
    place.start().track("a");
    await pass(600_000);
    expect(place.bodies).toHaveLength(1);
    place.start();
    await pass(10);
    expect(place.sent.map((one) => one.event)).toEqual(["a", "a"]);
  });
});

describe("who it is", () => {
  const who = async () => {
    await pass(3000);
    return place.sent.map((one) => one.who);
  };

  it("ties what was done before signing in to the account", async () => {
    const tw = place.start();
    tw.track("view");
    tw.identify("u1", { city: "Hangzhou" });
    tw.track("buy");
    const [before, named, after] = await who();
    expect(before).toEqual({ device: tw.device() });
    expect(named).toEqual({ device: tw.device(), user: "u1" });
    expect(after).toEqual(named);
    expect(place.sent[1]).toMatchObject({
      person: { set: { city: "Hangzhou" } },
    });
    expect(place.sent[1]?.event).toBeUndefined();
  });

  it.each([true, false])(
    "keeps two people on one device apart (signed out between: %s)",
    async (signedOut) => {
      const tw = place.start();
      tw.identify("u1");
      tw.register({ level: "gold" });
      tw.track("a");
      if (signedOut) tw.reset();
      if (signedOut) tw.track("between");
      tw.identify("u2");
      tw.track("b");
      const all = await who();
      const first = all
        .filter((one) => one.user === "u1")
        .map((one) => one.device);
      const rest = all
        .filter((one) => one.user !== "u1")
        .map((one) => one.device);
      expect(new Set(first).size).toBe(1);
      expect(new Set(rest).size).toBe(1);
      expect(first[0]).not.toBe(rest[0]);
      expect(place.sent.at(-1)?.properties.level).toBeUndefined();
    },
  );

  it("says who it is once, and other identifiers when they are learnt", async () => {
    const tw = place.start();
    tw.identify("u1");
    tw.identify("u1");
    tw.link({ phone: "+8613800138000" });
    tw.track("a");
    const all = await who();
    expect(all).toHaveLength(3);
    expect(all[1]).toMatchObject({ phone: "+8613800138000" });
    expect(all[2]?.phone).toBeUndefined();
  });

  it("follows a sign-out in another tab", async () => {
    const [one, other] = [place.start(), place.start()];
    one.identify("u1");
    other.reset();
    one.track("a");
    const all = await who();
    expect(all.at(-1)).toEqual({ device: other.device() });
  });
});

describe("consent", () => {
  it("keeps and sends nothing before it is given, nothing after it is taken back", async () => {
    const tw = place.start({ consent: "required" });
    tw.track("a");
    tw.identify("u1");
    tw.register({ x: 1 });
    tw.share();
    tw.arrive({ came: { utm_source: "x" } });
    await pass(10_000);
    expect(place.names()).toEqual([]);
    expect(place.bodies).toEqual([]);
    expect(tw.device()).toBe("");
    tw.optIn();
    tw.track("b");
    await pass(3000);
    expect(place.sent.map((one) => one.event)).toEqual(["b"]);
    tw.track("c");
    tw.optOut();
    await pass(10_000);
    expect(place.sent).toHaveLength(1);
    expect(place.names()).toEqual(["tw.k.consent"]);
    expect(place.start().allowed()).toBe(false);
  });
});

describe("visits and shares", () => {
  it("says with each event of a visit how it began", async () => {
    const tw = place.start();
    tw.arrive({ came: { utm_source: "weibo" } });
    tw.track("a");
    tw.arrive({ came: {} });
    tw.track("b");
    await pass(31 * 60_000);
    tw.track("c");
    await pass(3000);
    const [a, b, c] = place.sent.map((one) => one.properties);
    expect(a).toMatchObject({ utm_source: "weibo", session_id: b?.session_id });
    expect(b?.utm_source).toBe("weibo");
    expect(c?.utm_source).toBeUndefined();
    expect(c?.session_id).not.toBe(a?.session_id);
  });

  it("follows a chain of shares from hand to hand", async () => {
    let share = place.start().share();
    const chain = [share];
    for (let hand = 2; hand <= 4; hand++) {
      const next = new Place();
      const tw = next.start();
      tw.arrive({ came: {}, share });
      tw.arrive({ came: {}, share });
      share = tw.share();
      chain.push(share);
      await pass(3000);
      expect(next.sent.map((one) => one.event)).toEqual([
        "share_open",
        "share",
      ]);
      expect(next.sent[0]?.properties).toMatchObject({
        share_id: chain[hand - 2]?.id,
        depth: hand - 1,
      });
      expect(next.sent[1]?.properties).toMatchObject({
        share_id: share.id,
        parent_share_id: chain[hand - 2]?.id,
        root_share_id: chain[0]?.id,
        depth: hand,
        sharer: share.sharer,
      });
    }
    expect(new Set(chain.map((one) => one.sharer)).size).toBe(4);
  });

  it("does not take one's own link for a step", async () => {
    const tw = place.start();
    tw.arrive({ came: {}, share: tw.share() });
    expect(tw.share().depth).toBe(1);
  });
});
