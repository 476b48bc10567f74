/**
 * JSON in a form that stays readable in an address bar.
 *
 * `(steps:!((any_of:!((event:purchase)))),period:(last:30))`: objects in parentheses, lists after `!`,
 * `!t` `!f` `!n` for true, false and null, text bare where it can be and between `~` otherwise
 * (`!` escapes `~` and `!` inside). No character of it needs escaping in a query except inside text.
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const BARE = /^[\p{L}_$][\p{L}\p{N}_$./-]*$/u;
const NUMBER = /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i;

function text(value: string): string {
  return BARE.test(value) ? value : `~${value.replace(/[!~]/g, "!$&")}~`;
}

export function encode(value: Json): string {
  if (value === null) return "!n";
  if (value === true) return "!t";
  if (value === false) return "!f";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `!(${value.map(encode).join(",")})`;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  return `(${entries.map(([key, held]) => `${text(key)}:${encode(held)}`).join(",")})`;
}

class Reader {
  private at = 0;
  constructor(private readonly source: string) {}

  whole(): Json {
    const value = this.value();
    if (this.at !== this.source.length) throw this.wrong();
    return value;
  }

  private wrong(): Error {
    return new Error(`unreadable at ${this.at}: ${this.source.slice(this.at, this.at + 12)}`);
  }

  private take(sign: string): boolean {
    if (this.source[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) throw this.wrong();
  }

  private value(): Json {
    if (this.take("(")) return this.object();
    if (this.take("~")) return this.quoted();
    if (this.take("!")) {
      if (this.take("(")) return this.list();
      if (this.take("t")) return true;
      if (this.take("f")) return false;
      if (this.take("n")) return null;
      throw this.wrong();
    }
    const word = this.bare();
    return NUMBER.test(word) ? Number(word) : word;
  }

  private bare(): string {
    const start = this.at;
    while (this.at < this.source.length && !"(),:!~".includes(this.source[this.at] ?? "")) {
      this.at += 1;
    }
    if (start === this.at) throw this.wrong();
    return this.source.slice(start, this.at);
  }

  private quoted(): string {
    let found = "";
    while (!this.take("~")) {
      this.take("!");
      const sign = this.source[this.at];
      if (sign === undefined) throw this.wrong();
      found += sign;
      this.at += 1;
    }
    return found;
  }

  private list(): Json[] {
    const found: Json[] = [];
    if (this.take(")")) return found;
    do found.push(this.value());
    while (this.take(","));
    this.expect(")");
    return found;
  }

  private object(): Json {
    const found: Record<string, Json> = {};
    if (this.take(")")) return found;
    do {
      const key = this.take("~") ? this.quoted() : this.bare();
      this.expect(":");
      found[key] = this.value();
    } while (this.take(","));
    this.expect(")");
    return found;
  }
}

/** Undo {@link encode}; throws on anything it could not have written. */
export function decode(source: string): Json {
  return new Reader(source).whole();
}
