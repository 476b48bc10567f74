import { describe, expect, it } from "vitest";
import { alike, anyPlace, choices, readPointed, ruleOf, withToken } from "./picking";

const CARD = { page: "/list", element: "main>section.goods>a[2]", element_text: "口红" };

describe("picking", () => {
  it("takes elements written alike by their path, and no others", () => {
    const fits = new RegExp(alike(CARD.element));
    expect(fits.test("main>section.goods>a[17]")).toBe(true);
    expect(fits.test("main>section.goods>a")).toBe(true);
    expect(fits.test("main>section.goods>a[2]>img")).toBe(false);
    expect(fits.test("main>sectionXgoods>a[2]")).toBe(false);
    expect(anyPlace(CARD.element)).toBe("main>section.goods>a");
  });

  it("means what was chosen", () => {
    expect(ruleOf(CARD, "this", false).where).toEqual([
      { property: "page", op: "is", value: "/list" },
      { property: "element", op: "is", value: CARD.element },
    ]);
    expect(ruleOf(CARD, "text", true).where).toEqual([{ property: "element_text", op: "is", value: "口红" }]);
    expect(choices(CARD)).toEqual(["this", "alike", "text"]);
    expect(choices({ page: null, element: "@buy", element_text: null })).toEqual(["this"]);
  });

  it("listens to nothing but the picker", () => {
    expect(readPointed({ tidewheel: "picked", page: "/a", element: "a" })).toEqual({
      page: "/a",
      element: "a",
      element_text: null,
    });
    for (const other of [null, "picked", { element: "a" }, { tidewheel: "picked", element: 3 }]) {
      expect(readPointed(other)).toBeNull();
    }
  });

  it("adds the token to any address of a page", () => {
    expect(withToken("shop.example/goods?id=1#top", "t.1.x")).toBe(
      "https://shop.example/goods?id=1&tw_pick=t.1.x#top",
    );
    expect(withToken(" HTTP://shop.example/ ", "t")).toBe("http://shop.example/?tw_pick=t");
    for (const none of ["http://", "ftp://shop.example", "no page", ""]) {
      expect(withToken(none, "t")).toBeNull();
    }
  });
});
