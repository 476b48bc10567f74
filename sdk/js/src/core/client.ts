import { newId, pseudonym } from "./ids";
import { createQueue } from "./queue";
import { next, told } from "./share";
import type { Share } from "./share";
import { camel, SHOP } from "./shop";
import type { Shop } from "./shop";
import type { Host, Identifiers, Options, Properties, Said } from "./types";

/** A pause after which somebody has come again. */
const VISIT = 30 * 60_000;
const OFTEN = 10_000;
const AHEAD = 100;

/** What is known of how a visit began. */
export interface Arrival {
  /** Campaign, click ids, scene, referrer: said with every event of the visit. */
  came: Properties;
  /** The share whose link was opened. */
  share?: Share | undefined;
}

interface Visit extends Arrival {
  id: string;
  last: number;
}

interface State {
  device: string;
  user?: string | undefined;
  always: Properties;
  visit?: Visit;
}

export interface Core {
  /** Record an event; `items` are the goods it is about. */
  track(event: string, said?: Said): void;
  /**
   * Say who this is. Somebody else than before is a new device: what two people do on one phone stays apart,
   * even when `reset` was forgotten between them.
   */
  identify(user: string, traits?: Properties): void;
  /** Say that further identifiers are the same person's. */
  link(identifiers: Identifiers): void;
  /** Set properties of the person. */
  set(properties: Properties, once?: boolean): void;
  /** Signed out: whoever comes next has a device of their own. */
  reset(): void;
  /** Properties said with every event from now on; undefined takes one away. */
  register(properties: Properties): void;
  /** Record a share; what it returns goes into the link. */
  share(said?: Said): Share;
  /** The person agrees: events are kept and sent from now on. */
  optIn(): void;
  /** The person refuses: what was kept is cleared, nothing is kept or sent. */
  optOut(): void;
  /** Whether events are recorded. */
  allowed(): boolean;
  /** Send what waits. */
  flush(leaving?: boolean): Promise<void>;
  /** The id of this device; empty before consent. */
  device(): string;
  /** Say how somebody came here; something new begins a visit. */
  arrive(arrival: Arrival): void;
}

export type Client = Core & Shop;

export function createClient(options: Options, host: Host): Client {
  const prefix = `tw.${options.key}.`;
  const asked = `${prefix}consent`;
  const kept = `${prefix}state`;
  const url = `${options.url.replace(/\/+$/, "")}/v1/events?key=${encodeURIComponent(options.key)}`;
  const queue = createQueue(
    host,
    url,
    `${prefix}e.`,
    options.limit || 1000,
    options.wait ?? 2000,
    allowed,
  );
  let raw: string | null = null;
  let state: State | undefined;
  let last = 0;

  function allowed(): boolean {
    const answer = host.read(asked);
    return answer === "1" || (answer !== "0" && options.consent !== "required");
  }

  // Read each time: another tab may have signed out.
  function load(): State {
    const now = host.read(kept);
    if (!state || now !== raw) {
      raw = now;
      state = undefined;
      try {
        state = now ? (JSON.parse(now) as State) : undefined;
      } catch {
        // Not ours, or torn: begin anew.
      }
      if (!state || !state.device) save((state = fresh()));
    }
    return state;
  }

  function save(changed: State) {
    state = changed;
    host.write(kept, (raw = JSON.stringify(changed)));
  }

  function fresh(): State {
    return { device: newId(20), always: {} };
  }

  function visit(of: State, now: number): Visit {
    const before = of.visit;
    if (before && now - before.last < VISIT && before.last <= now + VISIT) {
      if (now - before.last > OFTEN)
        save({ ...of, visit: { ...before, last: now } });
      return before;
    }
    const begun = { id: newId(12), last: now, came: {} };
    save({ ...of, visit: begun });
    return begun;
  }

  /** Without a name, only who it is and what is set of the person travels. */
  function say(
    event: string | undefined,
    said: Said = {},
    who: Identifiers = {},
    person?: object,
  ) {
    if (!allowed()) return;
    const now = Date.now();
    // What is said within a millisecond keeps its order; a long burst does not run ahead of the clock.
    last = Math.max(now, Math.min(last, now + AHEAD) + 1);
    const { id, came } = visit(load(), now);
    const { device, user, always } = load();
    const { items, ...properties } = said;
    const about = event && {
      ...host.about(),
      session_id: id,
      ...came,
      ...always,
      ...properties,
    };
    queue.add({
      event,
      id: newId(16),
      time: last,
      who: { device, user, ...who },
      properties: about,
      items,
      person,
    });
  }

  const core: Core = {
    track: (event, said) => say(event, said),
    identify(user, traits) {
      if (!allowed() || !user) return;
      let now = load();
      const known = now.user === user;
      if (now.user && !known) {
        core.reset();
        now = load();
      }
      if (!known) save({ ...now, user });
      if (!known || traits) say(undefined, {}, {}, { set: traits });
    },
    link: (identifiers) => say(undefined, {}, identifiers, {}),
    set: (properties, once) =>
      say(undefined, {}, {}, { [once ? "set_once" : "set"]: properties }),
    reset() {
      if (allowed()) save(fresh());
    },
    register(properties) {
      if (!allowed()) return;
      const now = load();
      save({ ...now, always: { ...now.always, ...properties } });
    },
    share(said) {
      const id = newId(10);
      if (!allowed()) return next(undefined, id, newId(8));
      const now = load();
      const made = next(
        visit(now, Date.now()).share,
        id,
        pseudonym(now.device),
      );
      say("share", { ...told(made), ...said });
      return made;
    },
    optIn() {
      host.write(asked, "1");
    },
    optOut() {
      queue.clear();
      host.write(kept, null);
      raw = null;
      state = undefined;
      host.write(asked, "0");
    },
    allowed,
    flush: queue.flush,
    device: () => (allowed() ? load().device : ""),
    arrive({ came, share }) {
      if (!allowed()) return;
      const now = Date.now();
      const began = visit(load(), now);
      const before = load();
      // One's own link, or the link this visit came by, loaded again, is no step of a chain.
      const opened =
        share &&
        share.sharer !== pseudonym(before.device) &&
        (!began.share || began.share.id !== share.id) &&
        share;
      const anew = Object.keys(came).some(
        (name) => began.came[name] !== came[name],
      );
      if (!opened && !anew) return;
      const all = opened ? { ...came, share_id: opened.id } : came;
      save({
        ...before,
        visit: anew
          ? { id: newId(12), last: now, came: all, share: opened || undefined }
          : {
              ...began,
              came: { ...began.came, ...all },
              share: opened || began.share,
            },
      });
      if (opened) say("share_open", told(opened));
    },
  };
  const client = core as Client & Record<string, (said?: Said) => void>;
  for (const name of SHOP) client[camel(name)] = (said) => say(name, said);
  return client;
}
