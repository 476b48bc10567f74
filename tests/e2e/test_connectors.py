"""Orders that a shop platform exports into a folder come in by themselves: found, understood, read, and told of."""

from __future__ import annotations

import re
import secrets
from importlib import resources

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader
from tests.e2e.server import EXPORTS
from tidewheel.collect.files import samples

pytestmark = pytest.mark.browser


def test_a_folder_of_order_exports_is_read_by_itself(reader: Reader) -> None:
    page, words, mark = reader.page, reader.words, secrets.token_hex(4)
    name = f"tmall-{mark}"
    folder = reader.server.home.parent / EXPORTS / mark
    folder.mkdir(parents=True)
    export = resources.files(samples).joinpath("tmall.csv").read_bytes().decode("gb18030")
    number = str(int(mark, 16)).zfill(10)
    export = export.replace("3300202611", number).replace("199000000", f"19{number[-7:]}")
    export = export.replace(",tb", f",tb{mark}")
    (folder / "订单报表.csv").write_text(export, "gb18030")

    reader.go("data/connectors")
    reader.press("data.connectors.add")
    page.get_by_role("button").filter(has_text=words("data.connectors.kindHints.folder")).click()
    page.locator("#place-folder").fill(str(folder))
    page.locator("#place-pattern").fill("*.csv")
    page.locator("summary").click()
    page.locator("#place-settle_seconds").fill("0")
    reader.press("data.connectors.test")
    found = page.get_by_role("table", name=words("data.connectors.found"))
    expect(found.get_by_role("row").filter(has_text="订单报表.csv")).to_contain_text("订单编号")
    reader.press("data.connectors.look")

    template = "天猫订单报表" if words.language.startswith("zh") else "Tmall order report"
    expect(page.get_by_text(words("data.import.template", title=template))).to_be_visible()
    mapping = page.get_by_role("table", name=words("data.import.map"))
    paid = mapping.get_by_role("row").filter(has_text="买家实际支付金额")
    expect(paid).to_contain_text(words("data.import.fields.value"))
    reader.press("data.connectors.continue")
    expect(page.get_by_text(str(folder), exact=False)).to_be_visible()
    reader.fill("data.connectors.name", name)
    reader.press("data.connectors.save")

    line = page.get_by_role("row").filter(has_text=name)
    expect(line).to_contain_text(words("data.connectors.states.waiting"))
    line.get_by_role("button", name=name, exact=True).click()
    runs = reader.dialog.get_by_role("table", name=words("data.connectors.runs"))
    run = runs.get_by_role("row").nth(1).locator("td")
    expect(run.nth(1)).to_have_text(words("data.connectors.runStates.done"))
    # nine orders: one was paid back later, one was never paid
    told = [run.nth(place).inner_text() for place in (2, 3, 4, 5, 6)]
    assert told == ["9", "9", "0", "1", "0"]
    reader.dialog.press("Escape")

    phone = re.search(rf"19{number[-7:]}\d\d", export)
    assert phone
    reader.go(f"people?q={phone[0]}")
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("group").filter(has_text="防晒衣")).to_contain_text("¥299")
    expect(page.get_by_text(f"tmall/tb{mark}小雨1").first).to_be_visible()

    (folder / "别的.csv").write_text("a,b\n1,2\n")
    reader.go("data/connectors")
    line.get_by_role("button", name=words("data.connectors.actions", name=name)).click()
    page.get_by_role("menuitem", name=words("data.connectors.run"), exact=True).click()
    expect(line).to_contain_text(words("data.connectors.runStates.partly"))
    expect(line).to_contain_text(words("data.connectors.where", where="别的.csv").strip())
