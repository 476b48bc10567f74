// @vitest-environment jsdom
import { kindOf, meant, pathOf, textOf, written } from "./path";

const page = (html: string) => {
  document.body.innerHTML = html;
  return document.querySelector("[x]") as Element;
};
beforeEach(() => void (document.body.innerHTML = ""));

it.each([
  ["goods", true],
  ["add-to-cart", true],
  ["cartButton", true],
  ["product_card__title", true],
  ["btn-primary", true],
  ["css-1q2w3e", false],
  ["sc-bdVaJa", false],
  ["Button_primary__x7Gh2", false],
  ["active", false],
  ["is-open", false],
  ["md:flex", false],
  ["px-4", false],
  ["kXyZqW", false],
  ["jsx-482", false],
])("tells whether %s was written by a person", (name, expected) => {
  expect(written(name)).toBe(expected);
});

describe("paths", () => {
  it.each([
    [
      "<main><section class='goods css-9x active'><a>1</a><a x>2</a></section></main>",
      "main>section.goods>a[2]",
    ],
    [
      "<main><footer class='bar'><button x class='cart sc-aBcD'>Buy</button></footer></main>",
      "main>footer.bar>button.cart",
    ],
    [
      "<div id='root'><ul id='list-7f3a9b21'><li><b x></b></li></ul></div>",
      "#root>ul>li>b",
    ],
    ["<div data-tw='hero'><a x></a></div>", "@hero>a"],
    ["<div id='floor-2'><button x data-tw='buy'></button></div>", "@buy"],
  ])("of %s", (html, expected) => {
    expect(pathOf(page(html))).toBe(expected);
  });

  it("do not change with state, and tell neighbours apart", () => {
    const html = (more: string) =>
      `<nav class="icons ${more}"><a>1</a><a x class="${more}">2</a></nav>`;
    const before = pathOf(page(html("")));
    expect(pathOf(page(html("active css-1x2y3z hover")))).toBe(before);
    expect(pathOf(document.querySelector("a") as Element)).not.toBe(before);
  });
});

it("says what stands on a thing, never what was typed or who it belongs to", () => {
  expect(
    textOf(
      page("<button x>  Add to\n cart <script>secret()</script></button>"),
    ),
  ).toBe("Add to cart");
  expect(
    textOf(page("<input x value='4111111111111111' placeholder='Card'>")),
  ).toBeUndefined();
  expect(
    textOf(
      page(
        "<label x>Name <input value='Li Lei'><textarea>mine</textarea></label>",
      ),
    ),
  ).toBe("Name");
  expect(textOf(page("<p x>Call 13800138000</p>"))).toBe("Call #");
  expect(
    textOf(
      page(
        "<div x contenteditable>draft</div>".replace(
          "<div x",
          "<p x><i contenteditable>d</i></p><div",
        ),
      ),
    ),
  ).toBeUndefined();
  expect(textOf(page("<a x>Hi <span data-tw-ignore>Li Lei</span></a>"))).toBe(
    "Hi",
  );
});

it("finds what was meant by a click", () => {
  const icon = page("<button class='cart'><svg><path x/></svg></button>");
  expect(kindOf(meant(icon))).toBe("button");
  expect(kindOf(meant(page("<div><img x></div>")))).toBe("image");
});
