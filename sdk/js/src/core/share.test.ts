import { fromToken, next, toToken, withShare } from "./share";

const first = next(undefined, "aaaaaaaaaa", "s1");
const second = next(first, "bbbbbbbbbb", "s2");

it("reads the tokens it writes and nothing else", () => {
  expect(fromToken(toToken(first))).toEqual(first);
  expect(fromToken(toToken(second))).toEqual(second);
  for (const bad of [
    null,
    undefined,
    "",
    "a.b",
    "x".repeat(999),
    "aaaaaaaaaa.-1.b..c",
    `${toToken(first)}.more`,
  ]) {
    expect(fromToken(bad)).toBeUndefined();
  }
});

it.each([
  ["/goods", "/goods?T"],
  ["/goods?id=1#top", "/goods?id=1&T#top"],
  ["https://shop.example/#/goods", "https://shop.example/?T#/goods"],
  [withShare("/goods?id=1", second), "/goods?id=1&T"],
])("puts a token into %s", (address, expected) => {
  expect(withShare(address, first)).toBe(
    expected.replace("T", `tw_share=${toToken(first)}`),
  );
});
