"""Reading delimited text: quoted line breaks are one row, and a quote that never closes costs one row only."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from tidewheel.collect.files.cells import looks_like_data
from tidewheel.collect.problems import Refused

DELIMITERS: Final = (",", "\t", ";", "|", "，", "\x01")
MOST_LINES: Final = 200  # of one row
LONGEST_ROW: Final = 1_000_000
SAMPLE_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is laid out. ``header`` is the record number of the heading, 0 when there is none."""

    delimiter: str
    columns: tuple[str, ...]
    header: int


def records(lines: Iterable[str], delimiter: str) -> Iterator[str | Refused]:
    """Return one text a row, joining lines while a quote is open."""
    grammar = _Grammar(delimiter)
    waiting: deque[str] = deque()
    more = iter(lines)
    while True:
        line = waiting.popleft() if waiting else next(more, None)
        if line is None:
            return
        if '"' not in line or grammar.one_line.fullmatch(line):
            yield line
            continue
        joined, record, length = [line], None, len(line)
        while len(joined) < MOST_LINES and length < LONGEST_ROW:
            following = waiting.popleft() if waiting else next(more, None)
            if following is None:
                break
            joined.append(following)
            length += len(following)
            if '"' in following:
                text = "".join(joined)
                if grammar.whole.fullmatch(text):
                    record = text
                    break
                if not grammar.still_open.fullmatch(text):
                    break
        if record is None:
            waiting.extendleft(reversed(joined[1:]))
            yield Refused("unclosed_quote", None, line.strip()[:200])
        else:
            yield record


def cells(texts: Iterable[str | Refused], delimiter: str) -> Iterator[list[str] | Refused]:
    """Return the cells of each record; a record that cannot be split is refused alone."""
    for text in texts:
        if isinstance(text, Refused):
            yield text
            continue
        if '"' not in text:
            row = text.rstrip("\r\n").split(delimiter)
            yield [cell.strip("\t") for cell in row] if "\t" in text else row
            continue
        try:
            yield [bare(cell) for cell in next(csv.reader([text], delimiter=delimiter), [])]
        except csv.Error as error:
            yield Refused("bad_row", None, str(error))


def bare(cell: str) -> str:
    """Return a cell without what keeps a spreadsheet from making a number of it: ``="138…"``, a tab before it."""
    text = cell.strip("\t")
    if text.startswith(('="', "='")) and len(text) >= 3 and text[-1] == text[1]:
        return text[2:-1]
    return text


def detect_layout(sample: str) -> Layout:
    """Tell the delimiter and the heading from the first rows."""
    lines = sample.splitlines(keepends=True)[:2000]
    best: tuple[float, str, list[list[str]]] | None = None
    for delimiter in DELIMITERS:
        rows = [row if isinstance(row, list) else [] for row in _first(lines, delimiter)]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = count / max(1, sum(1 for row in rows if any(row))) + min(width, 10) / 1000
        score -= 0.1 * (find_header(rows)[0] > 0 and len(find_header(rows)[1]) < width)
        if best is None or score > best[0]:
            best = (score, delimiter, rows)
    if best is None:
        rows = [row if isinstance(row, list) else [] for row in _first(lines, ",")]
        best = (0.0, ",", rows)
    _, delimiter, rows = best
    at, columns = find_header(rows)
    return Layout(delimiter, columns, at)


def find_header(rows: list[list[str]]) -> tuple[int, tuple[str, ...]]:
    """Return (record number of the heading counted from 1, or 0; column names).

    Title rows above the heading, which fill fewer than half the columns, are passed over. A first row with
    a cell that looks like data (a number, a date, a phone) is no heading.
    """
    full = [row for row in rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in full), default=0)
    usual = Counter(len(row) for row in full).most_common(1)[0][0] if full else 0
    for number, row in enumerate(rows, 1):
        filled = [cell for cell in row if cell.strip()]
        if not filled or (usual > 1 and len(filled) * 2 <= usual):
            continue
        if any(looks_like_data(cell) for cell in filled) or len(set(filled)) < len(filled) - 1:
            break
        return number, unique_names(row)
    return 0, tuple(f"column_{place}" for place in range(1, width + 1))


def unique_names(cells: Iterable[str]) -> tuple[str, ...]:
    """Return column names: blanks are numbered, repeated ones get a suffix."""
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column_{place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    while names and names[-1] == f"column_{len(names)}":
        names.pop()
    return tuple(names)


def _first(lines: list[str], delimiter: str) -> Iterator[list[str] | Refused]:
    for _, row in zip(range(SAMPLE_ROWS), cells(records(chain(lines), delimiter), delimiter), strict=False):
        yield row


class _Grammar:
    """Patterns of a record. Within one line, text after a closing quote is let pass; across lines it is not,
    or else a quote that never closes would swallow the rows up to the next quote."""

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter)
        open_quote, plain = '"(?:[^"]++|"")*+', f'[^"{mark}][^{mark}]*+'
        loose = f'(?:{open_quote}"[^{mark}]*+|{plain}|)'
        strict = f'(?:{open_quote}"(?={mark}|[\\r\\n]*\\Z)[\\r\\n]*+|{plain}|)'
        self.one_line = re.compile(f"{loose}(?:{mark}{loose})*+")
        self.whole = re.compile(f"{strict}(?:{mark}{strict})*+")
        self.still_open = re.compile(f"(?:{strict}{mark})*+{open_quote}")
