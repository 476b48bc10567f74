"""What can be wrong with an event, and what was changed about one that is kept.

Every code has one sentence and one hint, here and nowhere else; ``docs/reference/events.md`` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, Final

from tidewheel.core.errors import shorten
from tidewheel.core.text import Language, Text


@dataclass(frozen=True, slots=True)
class Problem:
    """The words for one code; ``{field}``, ``{got}``, ``{expected}`` and named values are filled in."""

    message: Text
    hint: Text


PLAN: Final[dict[str, Problem]] = {
    "plan_unknown_event": Problem(
        Text("The tracking plan has no event {got}.", "埋点方案中没有事件 {got}。"),
        Text("Plan it (Data → Plan), or correct its name.", "请在 数据 → 埋点方案 中添加，或改正事件名。"),
    ),
    "plan_event_deprecated": Problem(
        Text("{event} is deprecated in the tracking plan.", "{event} 在埋点方案中已废弃。"),
        Text("Send {expected} in its place.", "请改用 {expected}。"),
    ),
    "plan_unknown_property": Problem(
        Text(
            "{event} has no property {field} in the tracking plan.", "埋点方案中 {event} 没有属性 {field}。"
        ),
        Text(
            "Add it to the event in the plan, or stop sending it.",
            "请在方案中为该事件添加该属性，或停止上报。",
        ),
    ),
    "plan_missing_property": Problem(
        Text("{event} must have {field} by the tracking plan.", "按埋点方案，{event} 必须带 {field}。"),
        Text("Send it with every {event}.", "请在每个 {event} 中上报该属性。"),
    ),
    "plan_wrong_type": Problem(
        Text(
            "{field} is {got}; the tracking plan says it is of type {expected}.",
            "{field} 的值是 {got}；埋点方案规定类型为 {expected}。",
        ),
        Text("Send it as that type.", "请按该类型上报。"),
    ),
    "plan_not_listed": Problem(
        Text(
            "{field} is {got}, which is not among the planned values.",
            "{field} 的值 {got} 不在方案的枚举中。",
        ),
        Text("Send one of {expected}.", "请发送 {expected} 之一。"),
    ),
    "plan_out_of_range": Problem(
        Text(
            "{field} is {got}; the tracking plan allows {expected}.",
            "{field} 的值是 {got}；埋点方案允许 {expected}。",
        ),
        Text("Check the value and its unit.", "请检查数值及其单位。"),
    ),
    "plan_bad_pattern": Problem(
        Text(
            "{field} is {got}, which does not look like {expected}.",
            "{field} 的值 {got} 不符合格式 {expected}。",
        ),
        Text("Send it in the planned form.", "请按方案规定的格式上报。"),
    ),
    "plan_missing_identifier": Problem(
        Text(
            "{event} must say who by {expected}; it has {got}.", "{event} 须带标识 {expected}，实际为 {got}。"
        ),
        Text("Send that identifier in who.", "请在 who 中发送该标识。"),
    ),
}
"""What may be wrong by the tracking plan: a note where the source warns, a refusal where it blocks."""

REFUSALS: Final[dict[str, Problem]] = {
    **{
        code: Problem(said.message, Text(said.hint.en + "{more}", said.hint.zh + "{more}"))
        for code, said in PLAN.items()
    },
    "not_an_object": Problem(
        Text("This event is {got}, not an object.", "该事件是{got}，不是对象。"),
        Text(
            'Send an object such as {{"event": …, "who": …}}.', '请发送形如 {{"event": …, "who": …}} 的对象。'
        ),
    ),
    "wrong_type": Problem(
        Text("{field} cannot be {got}.", "{field} 不能是{got}。"),
        Text("Send {expected} here.", "此处请发送{expected}。"),
    ),
    "unknown_field": Problem(
        Text("Events have no field {field}.", "事件没有 {field} 字段。"),
        Text(
            "Put your own data in properties.{suggestion_en}", "自定义数据请放进 properties。{suggestion_zh}"
        ),
    ),
    "missing_name": Problem(
        Text("The event has no name.", "事件没有名称。"),
        Text('Send "event": "page_view", for instance.', '请发送名称，例如 "event": "page_view"。'),
    ),
    "bad_name": Problem(
        Text("An event name has 1 to 200 characters.", "事件名称应为 1 到 200 个字符。"),
        Text("Shorten the name; details belong in properties.", "请缩短名称，细节放进 properties。"),
    ),
    "reserved_name": Problem(
        Text("Event names that start with $ are reserved.", "以 $ 开头的事件名称为系统保留。"),
        Text(
            "Leave out the $; to set properties of a person use the field person.",
            "请去掉 $；设置用户属性请使用 person 字段。",
        ),
    ),
    "unknown_consent_field": Problem(
        Text("A consent has no field {got}.", "授权记录没有 {got} 字段。"),
        Text("Use one of {expected}.{suggestion_en}", "请使用 {expected} 之一。{suggestion_zh}"),
    ),
    "bad_consent": Problem(
        Text("{field} cannot be {got}.", "{field} 不能是 {got}。"),
        Text(
            'Send such as {{"purpose": "marketing", "channel": "sms", "state": "granted"}}; {expected}.',
            '请发送形如 {{"purpose": "marketing", "channel": "sms", "state": "granted"}} 的对象；{expected}。',
        ),
    ),
    "suppressed": Problem(
        Text(
            "This person was erased, and asked not to be known again.", "该用户已被删除，并要求不再被收集。"
        ),
        Text("Stop sending events of this person.", "请停止发送该用户的事件。"),
    ),
    "bad_time": Problem(
        Text("{got} is not a time.", "{got} 不是时间。"),
        Text(
            "Send ISO 8601 with a zone (2026-11-21T10:00:00+08:00) or milliseconds since 1970.",
            "请使用带时区的 ISO 8601（2026-11-21T10:00:00+08:00）或 1970 年起的毫秒数。",
        ),
    ),
    "time_in_future": Problem(
        Text(
            "The event happens on {when}, more than 24 hours ahead.", "事件时间 {when} 晚于当前 24 小时以上。"
        ),
        Text(
            "Check the sender's clock and the unit of the number; sent_at lets the server correct a wrong clock.",
            "请检查发送方时钟和数字单位；带上 sent_at 可由服务器校正时钟偏差。",
        ),
    ),
    "time_too_old": Problem(
        Text("The event happened on {when}, more than 20 years ago.", "事件时间 {when} 早于 20 年前。"),
        Text(
            "Check the unit: numbers are read as s, ms or µs by their size.",
            "请检查单位：数字会按大小识别为秒、毫秒或微秒。",
        ),
    ),
    "missing_who": Problem(
        Text("The event does not say who sent it.", "事件没有说明是谁。"),
        Text(
            'Send at least one identifier, such as "who": {{"device": "d-1"}}.',
            '请至少发送一个标识，例如 "who": {{"device": "d-1"}}。',
        ),
    ),
    "unknown_identifier": Problem(
        Text("There is no identifier type named {got}.", "没有名为 {got} 的标识类型。"),
        Text("Use one of {expected}.{suggestion_en}", "请使用 {expected} 之一。{suggestion_zh}"),
    ),
    "junk_identifier": Problem(
        Text("{field} is {got}, which is not anybody's identifier.", "{field} 的值 {got} 不是任何人的标识。"),
        Text(
            "Leave the identifier out when it is not known; placeholders would melt many people into one.",
            "未知时请不要发送该标识；占位值会把许多人误并成一个人。",
        ),
    ),
    "long_identifier": Problem(
        Text("{field} is longer than 256 characters.", "{field} 超过 256 个字符。"),
        Text(
            "Send the identifier itself, not a token or a whole record.",
            "请发送标识本身，而不是令牌或整条记录。",
        ),
    ),
    "too_many_properties": Problem(
        Text(
            "The event has {got} properties; {expected} are allowed.",
            "事件有 {got} 个属性，最多 {expected} 个。",
        ),
        Text("Split the event, or send only what is asked about.", "请拆分事件，或只发送需要分析的属性。"),
    ),
    "bad_property_name": Problem(
        Text("A property name has 1 to 200 characters.", "属性名称应为 1 到 200 个字符。"),
        Text("Rename the property.", "请修改属性名称。"),
    ),
    "too_many_items": Problem(
        Text(
            "The event has {got} items; {expected} are allowed.", "事件有 {got} 个商品，最多 {expected} 个。"
        ),
        Text("Split the event.", "请拆分事件。"),
    ),
    "money_not_whole": Problem(
        Text(
            "{field} is {got}; money is a whole number of fen.",
            "{field} 是 {got}；金额应为以分为单位的整数。",
        ),
        Text("Send {suggestion} for ¥{got}.", "¥{got} 请发送 {suggestion}。"),
    ),
    "money_not_number": Problem(
        Text(
            "{field} is {got}; money is a whole number of fen.",
            "{field} 是 {got}；金额应为以分为单位的整数。",
        ),
        Text("Send 29950 for ¥299.50.", "¥299.50 请发送 29950。"),
    ),
    "not_a_number": Problem(
        Text("{field} is {got}; only numbers can be added.", "{field} 是 {got}；只有数字可以累加。"),
        Text("Send a number, or use person.set.", "请发送数字，或改用 person.set。"),
    ),
    "too_deep": Problem(
        Text("The event is nested too deeply to read.", "事件嵌套过深，无法读取。"),
        Text(
            "Flatten it; objects inside objects become text anyway.", "请展平；多层对象本来也只会存成文本。"
        ),
    ),
    "too_many_cells": Problem(
        Text(
            "The row has {got} cells; the heading has {expected}.",
            "该行有 {got} 个单元格，而表头有 {expected} 个。",
        ),
        Text(
            "A cell that holds the delimiter or a line break must be in double quotes.",
            "含分隔符或换行的单元格须用双引号括起来。",
        ),
    ),
    "unclosed_quote": Problem(
        Text("A double quote opens in this row and never closes.", "该行有未闭合的双引号。"),
        Text(
            'Close the quote, or double it ("") where it is meant.',
            '请补全引号；若引号是内容，请写成两个（""）。',
        ),
    ),
    "bad_row": Problem(
        Text("This row cannot be read: {got}.", "该行无法读取：{got}。"),
        Text(
            "Mend the row and import the file again; rows already in are not doubled.",
            "请修改该行后重新导入；已导入的行不会重复。",
        ),
    ),
    "missing_what": Problem(
        Text("The column {field} is empty, so the event has no name.", "{field} 列为空，事件没有名称。"),
        Text(
            "Fill it in, or give all rows one name with =name.", "请填写，或用 =名称 为所有行指定同一事件名。"
        ),
    ),
    "missing_when": Problem(
        Text("The column {field} is empty, so the row has no time.", "{field} 列为空，该行没有时间。"),
        Text("Fill it in, or choose another column for the time.", "请填写，或改选其他时间列。"),
    ),
    "missing_value": Problem(
        Text("The column {field} is empty.", "{field} 列为空。"),
        Text("Every row needs it; fill it in.", "每一行都需要该列，请填写。"),
    ),
    "missing_id": Problem(
        Text("The event has no {field}.", "事件没有 {field}。"),
        Text(
            "Each event needs one of its own: with its source it tells the event from every other.",
            "每个事件都要有自己的编号：它与 source 一起把事件区分开。",
        ),
    ),
    "unknown_call": Problem(
        Text("There is no call named {got}.", "没有名为 {got} 的调用。"),
        Text("Calls are {expected}.", "可用的调用有 {expected}。"),
    ),
    "missing_item_id": Problem(
        Text("The item has no id.", "商品没有编号。"),
        Text("Send the id under which events name it.", "请发送事件中使用的商品编号。"),
    ),
    "ambiguous_date": Problem(
        Text("{got} could be two different days.", "{got} 可能是两个不同的日期。"),
        Text(
            "Say whether the day or the month comes first (date_order).",
            "请用 date_order 指明日在前还是月在前。",
        ),
    ),
    "not_money": Problem(
        Text("{field} is {got}, which is not an amount of money.", "{field} 是 {got}，不是金额。"),
        Text("Write digits such as 1299.50.", "请写数字，例如 1299.50。"),
    ),
    "not_whole_fen": Problem(
        Text(
            "{field} is {got}, but the column is said to be in fen.",
            "{field} 是 {got}，但该列标为以分为单位。",
        ),
        Text("Set the unit of the column to yuan.", "请把该列的单位改为元。"),
    ),
    "rounded_identifier": Problem(
        Text("{field} is {got}: a spreadsheet has rounded it.", "{field} 是 {got}：已被表格软件四舍五入。"),
        Text("Export the column as text and import again.", "请将该列按文本格式导出后重新导入。"),
    ),
    "value_differs": Problem(
        Text(
            "The lines of order {order} name different amounts in {field}.",
            "订单 {order} 各行的 {field} 不一致。",
        ),
        Text(
            "If the column is the amount of each line, map it as line_value.",
            "若该列是每行金额，请映射为 line_value。",
        ),
    ),
    "bad_items": Problem(
        Text("{field} is not a list of items.", "{field} 不是商品列表。"),
        Text(
            'Write JSON such as [{{"item_id": "SKU1", "quantity": 2}}].',
            '请写 JSON，例如 [{{"item_id": "SKU1", "quantity": 2}}]。',
        ),
    ),
}

NOTES: Final[dict[str, Problem]] = {
    **PLAN,
    "junk_identifier": Problem(
        Text("{field} is {got} and was left out.", "{field} 的值 {got} 已忽略。"),
        REFUSALS["junk_identifier"].hint,
    ),
    "deep_property": Problem(
        Text(
            "{field} is nested too deeply and was kept as JSON text.",
            "{field} 嵌套过深，已按 JSON 文本保存。",
        ),
        Text("Only one level of nesting becomes properties (a.b).", "只有一层嵌套会展开成属性（a.b）。"),
    ),
    "number_as_text": Problem(
        Text(
            "{field} is too large to be exact as a number and was kept as text.",
            "{field} 超出精确数字范围，已按文本保存。",
        ),
        Text("Send such ids as text.", "此类编号请按文本发送。"),
    ),
    "text_cut": Problem(
        Text("{field} is longer than 8 KB and was cut.", "{field} 超过 8 KB，已截断。"),
        Text("Keep long texts elsewhere and send their id.", "长文本请另行保存，只发送其编号。"),
    ),
    "name_collision": Problem(
        Text("{field} was given twice; the last value was kept.", "{field} 出现两次，已保留最后一个值。"),
        Text("Rename one of the two.", "请修改其中一个的名称。"),
    ),
    "not_numeric": Problem(
        Text(
            "{field} is {got}, which is not a number; it was kept as sent.",
            "{field} 的值 {got} 不是数字，已按原样保留。",
        ),
        Text(
            "Send a number, or take the name off the source's list of numbers.",
            "请发送数字，或在数据源的字段映射中取消该数字字段。",
        ),
    ),
    "empty_item": Problem(
        Text("{field} says nothing and was left out.", "{field} 没有内容，已忽略。"),
        Text("Send at least item_id.", "请至少发送 item_id。"),
    ),
    "bad_sent_at": Problem(
        Text(
            "sent_at is {got}, which is not a time; clocks were not corrected.",
            "sent_at 的值 {got} 不是时间，未校正时钟。",
        ),
        REFUSALS["bad_time"].hint,
    ),
    "bad_checksum": Problem(
        Text(
            "The checksum is {got}, but that of what arrived is {expected}; it was read all the same.",
            "校验值为 {got}，而收到内容的校验值为 {expected}，仍已读取。",
        ),
        Text(
            "Something on the way may change what is sent; events may be missing or damaged.",
            "传输途中可能有程序改动了内容，事件可能缺失或损坏。",
        ),
    ),
    "read_as": Problem(
        Text("The body is not UTF-8; it was read as {encoding}.", "请求体不是 UTF-8，已按 {encoding} 读取。"),
        Text("Send UTF-8.", "请发送 UTF-8。"),
    ),
    "loose_json": Problem(
        Text(
            "The body is not strict JSON (NaN, Infinity or lone surrogates); it was read all the same.",
            "请求体不是严格的 JSON（含 NaN、Infinity 或孤立代理字符），仍已读取。",
        ),
        Text("Send null for a number that is not known.", "未知的数字请发送 null。"),
    ),
}


class Refused(Exception):
    """One event cannot be kept; made into a :class:`Rejection` where its index is known."""

    def __init__(
        self,
        code: str,
        field_name: str | None = None,
        got: Any = None,
        expected: Any = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code, self.field, self.got, self.expected, self.values = code, field_name, got, expected, values


@dataclass(frozen=True, slots=True)
class Rejection:
    """An event that was not kept, and why.

    ``index`` is its place in the request (or its row in a file), ``field`` the JSON path inside it, ``body``
    a request body holding this event alone, which can be taken again after a fix.
    """

    index: int
    code: str
    field: str | None = None
    got: Any = None
    expected: Any = None
    values: dict[str, object] = made(default_factory=dict)
    body: bytes = b""

    @property
    def message(self) -> Text:
        """What is wrong, with the values filled in."""
        return _filled(REFUSALS[self.code].message, self)

    @property
    def hint(self) -> Text:
        """What to do about it."""
        return _filled(REFUSALS[self.code].hint, self)

    def describe(self, language: Language = "en") -> dict[str, Any]:
        """Return the JSON form: index, code, field, message, got, expected, hint."""
        return _describe(self, self.message, self.hint, language)


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a kept event was read in a way its sender should know of; ``index`` None: the whole body."""

    index: int | None
    code: str
    field: str | None = None
    got: Any = None
    values: dict[str, object] = made(default_factory=dict)
    expected: Any = None

    @property
    def message(self) -> Text:
        """What was changed, with the values filled in."""
        return _filled(NOTES[self.code].message, self)

    @property
    def hint(self) -> Text:
        """How to send it better."""
        return _filled(NOTES[self.code].hint, self)

    def describe(self, language: Language = "en") -> dict[str, Any]:
        """Return the JSON form: index, code, field, message, got, hint."""
        return _describe(self, self.message, self.hint, language)


def _filled(words: Text, about: Rejection | Note) -> Text:
    expected = about.expected
    if isinstance(expected, list | tuple):
        expected = ", ".join(map(str, expected))
    values = {"field": about.field, "got": shorten(about.got, 80), "expected": expected} | about.values
    localised = {name: value.zh if isinstance(value, Text) else value for name, value in values.items()}
    plain = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return Text(words.en.format(**plain), words.zh.format(**localised))


def _describe(about: Rejection | Note, message: Text, hint: Text, language: Language) -> dict[str, Any]:
    got, expected = (
        part.say(language) if isinstance(part, Text) else shorten(part)
        for part in (about.got, about.expected)
    )
    return {
        "index": about.index,
        "code": about.code,
        "field": about.field,
        "message": message.say(language),
        "got": got,
        "expected": list(expected) if isinstance(expected, tuple) else expected,
        "hint": hint.say(language).strip(),
    }
