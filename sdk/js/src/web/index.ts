export { start } from "./start";
export type { WebClient, WebOptions } from "./start";
export type { Client, Core } from "../core/client";
export type { Share } from "../core/share";
export type { Shop } from "../core/shop";
export type { Identifiers, Item, Properties, Said, Value } from "../core/types";
