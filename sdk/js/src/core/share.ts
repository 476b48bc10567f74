import type { Properties } from "./types";

/** The parameter of a link that says which share it is. */
export const SHARE = "tw_share";

/** One share in a chain A → B → C: the first has depth 1 and is its own root. */
export interface Share {
  id: string;
  depth: number;
  root: string;
  parent: string;
  /** Stands for whoever shared; the same for all shares of a device, and nothing can be learnt from it. */
  sharer: string;
}

/** Return the share after `before`. */
export function next(
  before: Share | undefined,
  id: string,
  sharer: string,
): Share {
  return {
    id,
    depth: (before ? before.depth : 0) + 1,
    root: before ? before.root : id,
    parent: before ? before.id : "",
    sharer,
  };
}

export function toToken(share: Share): string {
  return [share.id, share.depth, share.root, share.parent, share.sharer].join(
    ".",
  );
}

/** Read a token; anything else is no share. */
export function fromToken(token: string | null | undefined): Share | undefined {
  const found =
    /^(\w{6,32})\.(\d{1,4})\.(\w{6,32})\.(\w{0,32})\.(\w{1,32})$/.exec(
      token || "",
    );
  if (!found) return undefined;
  const [, id, depth, root, parent, sharer] = found as unknown as string[];
  return { id, depth: Number(depth), root, parent, sharer } as Share;
}

/** Put a share's token into an address, before its fragment, in place of another's. */
export function withShare(address: string, share: Share): string {
  const [rest = "", fragment] = split(address, "#");
  const [path = "", query] = split(rest, "?");
  const kept = (query || "")
    .split("&")
    .filter((part) => part && part.split("=")[0] !== SHARE);
  kept.push(`${SHARE}=${toToken(share)}`);
  return `${path}?${kept.join("&")}${fragment === undefined ? "" : `#${fragment}`}`;
}

/** The properties of `share` and `share_open`. */
export function told(share: Share): Properties {
  return {
    share_id: share.id,
    parent_share_id: share.parent || undefined,
    root_share_id: share.root,
    depth: share.depth,
    sharer: share.sharer,
  };
}

function split(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
