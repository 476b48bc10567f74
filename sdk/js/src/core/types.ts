/** A value of a property. Objects become dotted names, lists lists of text. */
export type Value =
  string | number | boolean | null | undefined | Date | string[];
export type Properties = { [name: string]: Value };

/** A good an event is about. `price` is a whole number of fen (cents). */
export interface Item {
  item_id: string;
  item_name?: string;
  item_category?: string;
  price?: number;
  quantity?: number;
  [name: string]: string | number | boolean | null | undefined;
}

/** What an event says: any properties, and the goods it is about. */
export type Said = { items?: Item[] } & { [name: string]: Value | Item[] };

/** Identifiers by type. Write an openid as `appid/openid`. */
export interface Identifiers {
  member_card?: string;
  unionid?: string;
  phone?: string;
  openid?: string;
  external_userid?: string;
  email?: string;
  cookie?: string;
}

export interface Options {
  /** Write key of a source. */
  key: string;
  /** Address of the server, such as https://data.example.com. */
  url: string;
  /** `required`: nothing is kept or sent before `optIn()`. */
  consent?: "required";
  /** Milliseconds that events wait for company; 2000 unless set. */
  wait?: number;
  /** Events kept while nobody answers; the oldest go first. 1000 unless set. */
  limit?: number;
}

/** What a server answered: the status, and the seconds it wants to be left alone (0: not said). */
export interface Reply {
  status: number;
  retryAfter: number;
}

/** What the core needs of the place it runs in. */
export interface Host {
  read(name: string): string | null;
  /** Keep a text; null takes it away. Never throws. */
  write(name: string, text: string | null): void;
  names(): string[];
  /** Rejects when nobody answers. `leaving`: the page goes away and must not be waited for. */
  post(url: string, body: string, leaving: boolean): Promise<Reply>;
  /** Properties of every event. */
  about(): Properties;
}
