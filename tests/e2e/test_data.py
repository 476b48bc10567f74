"""What came in, what did not, and what is brought in by hand."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_the_dictionary_shows_each_event_with_examples(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("data/dictionary")
    table = page.get_by_role("table", name=words("data.dictionary.events"))
    purchase = table.get_by_role("row").filter(has=page.locator("code", has_text=re.compile("^purchase$")))
    assert number(purchase.locator("td").nth(2).inner_text()) > 100
    purchase.get_by_role("button").click()
    expect(reader.dialog.get_by_role("row").filter(has_text="order_id")).to_be_visible()
    expect(reader.dialog.locator("pre").first).to_contain_text('"purchase"')
    reader.press("data.dictionary.analyse", inside=reader.dialog)
    reader.heading(words.title("trends"))
    reader.go("data/dictionary?tab=properties")
    reader.fill("data.dictionary.search", "item_categ")
    expect(page.get_by_role("row").filter(has_text="item_category").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="order_id")).to_have_count(0)


def test_a_rejected_event_waits_with_its_reason(reader: Reader) -> None:
    page, words = reader.page, reader.words
    device = f"d-{words.language}"
    project, key = reader.new_project(f"Refused {words.language}")
    bad = {"event": "purchase", "who": {"device": device}, "properties": {"order_id": device, "value": 299.5}}
    with reader.server.client() as client:
        reply = client.post("/v1/events", params={"key": key}, json=bad)
        assert reply.status_code == 422
    reader.go("data/rejected", project)
    page.get_by_role("button", name="money_not_whole").click()
    letter = page.locator("details").filter(has_text="29950").first
    letter.locator("summary").click()
    expect(letter.locator("pre")).to_contain_text(device)
    letter.get_by_role("button", name=words("data.rejected.replay"), exact=True).click()
    expect(page.get_by_text(words("data.rejected.done", accepted=0, rejected=1))).to_be_visible()
    page.locator("details").filter(has_text="29950").first.get_by_role("checkbox").check()
    reader.press("data.rejected.removeAll")
    reader.press("data.rejected.remove", inside=reader.dialog)
    expect(page.locator("details")).to_have_count(0)


def test_orders_from_a_spreadsheet_come_in_once(reader: Reader) -> None:
    page, words = reader.page, reader.words
    mark = secrets.token_hex(4).upper()
    lines = ["订单编号,会员手机,支付时间,实付金额,商品编码,商品名称,单价,数量"]
    lines += [
        f"{mark}{n:03},1380000{n:04},2026-11-{n:02} 10:{n:02},{n}9.50,SKU{n},面霜{n},{n}9.50,1"
        for n in range(1, 10)
    ]
    lines.append(f"{mark}010,13800009999,不详,19.50,SKU1,面霜,19.50,1")
    file = {
        "name": f"订单{mark}.csv",
        "mimeType": "text/csv",
        "buffer": "\n".join(lines).encode("gb18030"),
    }
    for first in (True, False):
        reader.go("data/import")
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        mapping = page.get_by_role("table", name=words("data.import.map"))
        expect(mapping.get_by_role("row")).to_have_count(9)
        expect(
            page.get_by_text(words("data.import.mapNote", format="CSV", encoding="GB18030"))
        ).to_be_visible()
        expect(mapping.get_by_role("row").filter(has_text="支付时间")).to_contain_text(
            words("data.import.role.when")
        )
        expect(mapping.get_by_role("row").filter(has_text="实付金额")).to_contain_text(
            words("data.import.fields.value")
        )
        goods = mapping.get_by_role("row").filter(has_text="商品名称")
        expect(goods).to_contain_text(words("data.import.fields.item_name"))
        reader.fill("data.import.source", f"平台{mark}")
        reader.press("data.import.start")
        expect(page.get_by_role("heading", name=words("data.import.done"))).to_be_visible()
        kept, known = (9, 0) if first else (0, 9)
        assert figure(reader, "added") == kept
        assert figure(reader, "duplicates") == known
        assert figure(reader, "rejected") == 1
        expect(page.get_by_text(words("data.import.problemRow", row=11))).to_be_visible()
    past = page.get_by_role("table", name=words("data.import.history")).get_by_role("row")
    expect(past.filter(has_text=f"订单{mark}.csv")).to_have_count(2)
    reader.go("data/sources")
    source = page.get_by_role("row").filter(has_text=f"平台{mark}")
    expect(source).to_contain_text(words("data.sources.kinds.import"))


LOG = '203.0.113.{n} - - [29/Nov/2026:10:00:00 +0800] "GET /p/{mark} HTTP/1.1" 200 5 "-" "Mozilla/5.0 (iPhone) Safari/605.1"'


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("consents", "手机号,用途,渠道,是否同意,时间\n1391111{n:04},marketing,sms,撤回,2026-11-22 09:00:{n}"),
        ("weblog", LOG),
        ("weblog", "time,client_ip,uri,status,ua\n2026-11-29 10:00:00,203.0.113.{n},/q/{mark},200,Safari"),
    ],
)
def test_consents_and_logs_come_in_from_a_file(reader: Reader, kind: str, lines: str) -> None:
    page, mark = reader.page, secrets.token_hex(4)
    reader.go("data/import")
    page.get_by_role("button").filter(has_text=reader.words(f"data.import.kindHints.{kind}")).click()
    text = lines.format(mark=mark, n=10 + int(mark, 16) % 50)
    page.locator("input[type=file]").set_input_files(
        {"name": f"{mark}.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    reader.press("data.import.start")
    expect(page.get_by_role("heading", name=reader.words("data.import.done"))).to_be_visible()
    assert figure(reader, "added") + figure(reader, "duplicates") == 1
    assert figure(reader, "rejected") == 0


def figure(reader: Reader, name: str) -> int:
    """Return a number of the import's summary."""
    label: Locator = (
        reader.page.get_by_role("main")
        .get_by_text(reader.words(f"data.import.result.{name}"), exact=True)
        .first
    )
    return number(label.locator("xpath=following-sibling::span[1]").inner_text())


def test_numbers_are_verified_and_asked_again(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("data/verification")
    reader.press("data.verify.run")
    table = page.get_by_role("table", name=words("data.verify.last"))
    expect(table).to_be_visible(timeout=90_000)
    persons = table.get_by_role("row").filter(has_text=words("data.verify.persons"))
    expect(persons).to_contain_text(words("data.verify.same"))
    expect(
        page.get_by_role("table", name=words("data.verify.runs")).get_by_role("row").nth(1)
    ).to_be_visible()
    reader.go("analyse/trends")
    reader.press("analyse.proof.title")
    reader.press("analyse.proof.replay")
    said = words("analyse.proof.equal", n="").split(";")[0].split("；")[0]
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
