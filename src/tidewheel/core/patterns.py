"""Why a text is no regular expression, in both languages: what Python says of it, and what RE2 says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tidewheel.core.text import Text

_RE2: Final = "Invalid regular expression: "
_OPEN: Final = Text("a bracket ( is not closed", "括号 ( 没有闭合")
_SET: Final = Text("a bracket [ is not closed", "方括号 [ 没有闭合")
_CLOSED: Final = Text("there is a ) without its (", "多了一个 )")
_NOTHING: Final = Text("nothing stands before a *, + or ?", "*、+ 或 ? 之前没有内容")
_TWICE: Final = Text("two of *, + and ? follow each other", "*、+、? 连续出现")
_ESCAPE: Final = Text("what stands after \\ has no meaning", "\\ 之后的字符没有含义")
_RANGE: Final = Text("a range such as z-a runs backwards", "字符范围前后颠倒，如 z-a")
_TIMES: Final = Text("a number of times such as {3,2} is impossible", "次数不成立，如 {3,2}")
_GROUP: Final = Text("a group (?… of this kind is not known", "不支持这种 (?… 分组")
_NAME: Final = Text("a group's name is wrong or taken", "分组名称有误或重复")
_WHICH: Final = Text("it refers to a group that is not there", "引用了不存在的分组")
_WHY: Final[Sequence[tuple[str, Text]]] = (
    ("missing ), unterminated subpattern", _OPEN),
    ("missing ), unterminated", _GROUP),
    ("missing )", _OPEN),
    ("unterminated character set", _SET),
    ("missing ]", _SET),
    ("unbalanced parenthesis", _CLOSED),
    ("unexpected )", _CLOSED),
    ("nothing to repeat", _NOTHING),
    ("no argument for repetition operator", _NOTHING),
    ("multiple repeat", _TWICE),
    ("bad repetition operator", _TWICE),
    ("bad escape", _ESCAPE),
    ("incomplete escape", _ESCAPE),
    ("trailing \\", _ESCAPE),
    ("invalid escape sequence", _ESCAPE),
    ("bad character range", _RANGE),
    ("invalid character class range", _RANGE),
    ("invalid character range", _RANGE),
    ("min repeat greater", _TIMES),
    ("the repetition number is too large", _TIMES),
    ("invalid repetition size", _TIMES),
    ("unknown extension", _GROUP),
    ("unknown flag", _GROUP),
    ("missing -, : or )", _GROUP),
    ("missing :", _GROUP),
    ("global flags not at the start", _GROUP),
    ("look-behind requires fixed-width", _GROUP),
    ("invalid perl operator", _GROUP),
    ("invalid group flag", _GROUP),
    ("missing group name", _NAME),
    ("missing <", _NAME),
    ("missing >", _NAME),
    ("bad character in group name", _NAME),
    ("redefinition of group name", _NAME),
    ("invalid named capture group", _NAME),
    ("duplicate capture group name", _NAME),
    ("unknown group name", _WHICH),
    ("invalid group reference", _WHICH),
    ("cannot refer to an open group", _WHICH),
)


def why_not(error: Exception) -> Text:
    """Return as a clause why a pattern cannot be read: of an error of ``re``, or of Arrow that tells what RE2 says."""
    if isinstance(error, re.error):
        said, at = error.msg, error.pos
    else:
        said, at = str(error).partition(_RE2)[2], None
    quoted = Text(f"“{said}”", f"“{said}”")
    why = next((text for start, text in _WHY if said.startswith(start)), quoted)
    if at is None:
        return why
    return Text(f"{why.en}, at character {at + 1}", f"{why.zh}（第 {at + 1} 个字符）")
