"""Formulas: ``(B - C) / A`` with + - * / and parentheses, over series named A, B, C … or metrics by name."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping
from typing import Final

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

LETTERS: Final = "ABCDEFGHIJKL"


class Expression:
    """A checked formula. ``letters`` are the names it may use; ``used`` those it does."""

    def __init__(self, text: str, letters: Collection[str], *, field: str) -> None:
        self._text, self._field = text, field
        self._letters = tuple(letters) if isinstance(letters, str) else letters
        self.used: set[str] = set()
        try:
            self._root = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._refuse() from None
        self._check(self._root)

    def __call__(self, values: Mapping[str, float | None]) -> float | None:
        """Return the value; None when a part is unknown or a division is by zero."""
        found = self._value(self._root, values)
        return found + 0.0 if found is not None and math.isfinite(found) else None  # no minus before zero

    def _check(self, node: ast.expr) -> None:
        match node:
            case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
                self._check(left)
                self._check(right)
            case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
                self._check(operand)
            case ast.Constant(int() | float() as value) if not isinstance(value, bool) and abs(value) < 1e300:
                pass
            case ast.Name(name) if name in self._letters:
                self.used.add(name)
            case _:
                raise self._refuse()

    def _value(self, node: ast.expr, values: Mapping[str, float | None]) -> float | None:
        match node:
            case ast.Name(name):
                return values[name]
            case ast.Constant(int() | float() as value):
                return float(value)
            case ast.UnaryOp(sign, operand):
                found = self._value(operand, values)
                return -found if found is not None and isinstance(sign, ast.USub) else found
            case ast.BinOp(left, sign, right):
                a, b = self._value(left, values), self._value(right, values)
                if a is None or b is None:
                    return None
                match sign:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult():
                        return a * b
                return a / b if b else None
        return None

    def _refuse(self) -> BadInput:
        return BadInput(
            "bad_formula",
            Text("This is not a formula over {letters}: {text}", "这不是由 {letters} 组成的公式：{text}"),
            field=self._field,
            got=self._text,
            expected="A + B, A / B, (A - B) * 100 …",
            hint=Text(
                "Use the names it may have, numbers, + - * / and parentheses.",
                "请使用可用的名称、数字、+ - * / 和括号。",
            ),
            letters=", ".join(list(self._letters)[:20]),
            text=self._text,
        )
