const SIGNS = "0123456789abcdefghjkmnpqrstvwxyz";

/** Return `length` random signs of 5 bits each. */
export function newId(length: number): string {
  const bytes = new Uint8Array(length);
  if (typeof crypto !== "undefined" && crypto.getRandomValues)
    crypto.getRandomValues(bytes);
  else for (let at = 0; at < length; at++) bytes[at] = Math.random() * 256;
  let id = "";
  for (const byte of bytes) id += SIGNS[byte & 31];
  return id;
}

/** Return eight signs that stand for a text without showing it (53 bits, two multiplied words). */
export function pseudonym(text: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 2654435761);
    two = Math.imul(two ^ text.charCodeAt(at), 1597334677);
  }
  one =
    Math.imul(one ^ (one >>> 16), 2246822507) ^
    Math.imul(two ^ (two >>> 13), 3266489909);
  two =
    Math.imul(two ^ (two >>> 16), 2246822507) ^
    Math.imul(one ^ (one >>> 13), 3266489909);
  return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36).slice(0, 8);
}
