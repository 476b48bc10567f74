"""The checkout as the architecture tests read it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tidewheel"


@cache
def modules() -> dict[Path, ast.Module]:
    """Return the syntax tree of every module of the package."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tracked() -> list[Path]:
    """Return the files git knows or would add; all of them outside a git checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*") if path.is_file()]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@dataclass(frozen=True, slots=True)
class Import:
    """A module named by an import statement, where, and the statements around it from the outermost in."""

    path: Path
    node: ast.Import | ast.ImportFrom
    name: str
    around: tuple[ast.stmt, ...]

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno} imports {self.name}"


@cache
def imports() -> tuple[Import, ...]:
    """Return every import of the package."""
    return tuple(
        Import(path, node, name, around)
        for path, tree in modules().items()
        for node, around in statements(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
    )


def statements(
    tree: ast.AST, around: tuple[ast.stmt, ...] = ()
) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
    """Yield every statement of a tree with those around it; expressions hold none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.stmt):
            yield node, around
            yield from statements(node, (*around, node))
        elif not isinstance(node, ast.expr):
            yield from statements(node, around)


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the modules an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return ["." * node.level + (node.module or "")]
