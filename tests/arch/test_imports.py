"""The import rules that the contracts in pyproject.toml cannot say by themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arch.tree import PACKAGE, ROOT, Import, imports, modules

HEAVY = (
    "alembic", "deltalake", "duckdb", "fastapi", "httpx", "llvmlite", "numba", "numpy", "openpyxl", "pandas",
    "pyarrow", "pydantic", "rich", "scipy", "sqlalchemy", "starlette", "structlog", "typer", "uvicorn",
)  # fmt: skip
ENGINES = {*HEAVY} - {"httpx", "pydantic", "rich", "typer"}
LATE = {"alembic", "duckdb", "ray", "splink", "ua_parser"}
"""Slow to load, and most processes never need them."""
MIGRATIONS = PACKAGE / "store" / "catalog" / "migrations"
RUNNER = {PACKAGE / "analyse" / "sql" / name for name in ("guard.py", "statement.py")}
"""Loaded by the process that runs SQL alone, as a contract sees."""
COMMANDS = PACKAGE / "serve" / "cli"
"""May import on use: a contract sees that nothing imports it, so no cycle can hide there."""


def test_import_contracts_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [program, "--config", "pyproject.toml", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, tidewheel; print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)


@pytest.mark.parametrize("stage", ["core.errors", "core.text", "core.ids", "core.plugins"])
def test_words_everyone_shares_are_light(stage: str) -> None:
    code = f"import sys, tidewheel.{stage}; print('\\n'.join(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)


def test_a_command_that_speaks_http_loads_no_engine() -> None:
    code = (
        "import sys; from tidewheel.serve.cli import main; sys.argv = ['tidewheel', 'alerts', 'list', '--help']\n"
        "try: main.run()\nexcept SystemExit: pass\n"
        "sys.stdout.write('\\n'.join(name.partition('.')[0] for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "httpx" in loaded
    assert not loaded & ENGINES


def test_what_is_slow_to_load_waits_until_it_is_needed() -> None:
    found = [
        str(found)
        for found in imports()
        if not found.path.is_relative_to(MIGRATIONS)
        and found.path not in RUNNER
        and not found.around
        and found.name.partition(".")[0] in LATE
    ]
    assert not found, "\n".join(found)


def test_public_names_are_exactly_the_sorted_ones() -> None:
    code = (
        "import tidewheel, types; print(tidewheel.__all__ == sorted(tidewheel.__all__)); "
        "print([n for n, v in vars(tidewheel).items() if not n.startswith('_') "
        "and not isinstance(v, types.ModuleType) and n not in tidewheel.__all__])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["True", "[]"]


def test_no_import_hides_a_cycle() -> None:
    found = [
        f"{found} {where}"
        for found in imports()
        if found.name.startswith(("tidewheel", "."))
        for where in hidden(found)
        if not (found.path.is_relative_to(COMMANDS) and where.startswith("inside"))
    ]
    assert not found, "\n".join(found)


def test_the_package_imports_itself_by_full_name() -> None:
    found = [str(found) for found in imports() if isinstance(found.node, ast.ImportFrom) and found.node.level]
    assert not found, "\n".join(found)


def test_every_folder_of_the_package_says_what_it_is() -> None:
    silent = [
        str(folder.relative_to(ROOT))
        for folder in {path.parent for path in modules()}
        if not (folder / "__init__.py").exists() or not ast.get_docstring(modules()[folder / "__init__.py"])
    ]
    assert not silent, silent
    assert PACKAGE.is_dir()


def hidden(found: Import) -> Iterator[str]:
    """Yield what an import is hidden by: functions and ``TYPE_CHECKING``."""
    for node in found.around:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"inside {node.name}()"
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield "under TYPE_CHECKING"
