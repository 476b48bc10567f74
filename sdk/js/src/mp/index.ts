import { createClient } from "../core/client";
import type { Client } from "../core/client";
import type { Options, Properties } from "../core/types";
import { fromToken, SHARE } from "../core/share";
import { watch } from "./hooks";
import { miniProgram } from "./host";
import type { Globals, Opened } from "./wx";

export interface MiniProgramOptions extends Options {
  /** `off`: taps are not recorded by themselves. */
  taps?: "off";
  /** `off`: launches and page views are not recorded by themselves. */
  pages?: "off";
}

export interface MiniProgramClient extends Client {
  /** Say the openid, and the unionid where there is one, that sign-in gave; the app's id is put before it. */
  openid(openid: string, unionid?: string): void;
}

/**
 * Begin to record. To be called in `app.js` before `App(…)`: it puts itself around `App`, `Page` and `Component`.
 * `globals` stand in for the mini program's own; only tests give them.
 */
export function start(
  options: MiniProgramOptions,
  globals: Partial<Globals> = {},
): MiniProgramClient {
  const own = globalThis as unknown as Globals;
  const wx = globals.wx || own.wx;
  const host = miniProgram(wx);
  const client = createClient(options, host) as MiniProgramClient;
  client.openid = (openid, unionid) => {
    const { app_id: app } = host.about();
    client.link({ openid: app ? `${String(app)}/${openid}` : openid, unionid });
  };
  watch(client, options, globals.App ? (globals as Globals) : own, (opened) =>
    client.arrive(arrival(opened)),
  );
  wx.onNetworkStatusChange?.(({ isConnected }) => {
    if (isConnected) void client.flush();
  });
  return client;
}

/** What the way a mini program was opened says of how somebody came. */
function arrival({ query = {}, scene }: Opened) {
  const came: Properties = {};
  if (scene) came.scene = String(scene);
  for (const name of Object.keys(query)) {
    if (
      /^(utm_\w{1,20}|gdt_vid|qz_gdt|clickid|click_id)$/.test(name) &&
      query[name]
    ) {
      came[name] = decodeURIComponent(query[name]).slice(0, 200);
    }
  }
  return { came, share: fromToken(query[SHARE]) };
}

export type { Client, Core } from "../core/client";
export type { Share } from "../core/share";
export type { Shop } from "../core/shop";
export type { Identifiers, Item, Properties, Said, Value } from "../core/types";
