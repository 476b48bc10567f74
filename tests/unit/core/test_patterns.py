"""Why a pattern cannot be read is told in both languages, whoever says so."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tidewheel.core.patterns import why_not

PYTHON = {
    "(": "括号 ( 没有闭合（第 1 个字符）", "x[": "方括号 [ 没有闭合（第 2 个字符）", "a)": "多了一个 )（第 2 个字符）",
    "*": "*、+ 或 ? 之前没有内容（第 1 个字符）", "a**": "*、+、? 连续出现（第 3 个字符）",
    "\\": "\\ 之后的字符没有含义（第 1 个字符）", "\\q": "\\ 之后的字符没有含义（第 1 个字符）",
    "\\x1": "\\ 之后的字符没有含义（第 1 个字符）", "[b-a]": "字符范围前后颠倒，如 z-a（第 2 个字符）",
    "x{5,2}": "次数不成立，如 {3,2}（第 3 个字符）", "(?z)": "不支持这种 (?… 分组（第 2 个字符）", "(?P<a": "分组名称有误或重复（第 5 个字符）",
    "(?P<1>a)": "分组名称有误或重复（第 5 个字符）", "(?P<a>x)(?P<a>y)": "分组名称有误或重复（第 13 个字符）",
    "(?P=x)": "引用了不存在的分组（第 5 个字符）", "\\1": "引用了不存在的分组（第 2 个字符）", "(?#": "不支持这种 (?… 分组（第 1 个字符）",
}  # fmt: skip
RE2 = {
    "(": "括号 ( 没有闭合", "[": "方括号 [ 没有闭合", "a)": "多了一个 )", "*": "*、+ 或 ? 之前没有内容", "a**": "*、+、? 连续出现",
    "(?=x)": "不支持这种 (?… 分组", "\\": "\\ 之后的字符没有含义", "\\q": "\\ 之后的字符没有含义", "[b-a]": "字符范围前后颠倒，如 z-a",
    "x{5000}": "次数不成立，如 {3,2}", "(?P<a": "分组名称有误或重复",
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "why"), PYTHON.items())
def test_what_python_says(pattern: str, why: str) -> None:
    with pytest.raises(re.error) as caught:
        re.compile(pattern)
    assert why_not(caught.value).zh == why
    assert "“" not in why_not(caught.value).en


@pytest.mark.parametrize(("pattern", "why"), RE2.items())
def test_what_re2_says(pattern: str, why: str) -> None:
    with pytest.raises(pa.ArrowInvalid) as caught:
        pc.match_substring_regex(pa.array([""]), pattern)
    assert why_not(caught.value).zh == why
    assert "“" not in why_not(caught.value).en


def test_what_is_new_is_quoted() -> None:
    assert why_not(re.error("odd thing", "x", 2)).zh == "“odd thing”（第 3 个字符）"
