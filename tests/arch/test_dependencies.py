"""A dependency is added with a reason: each has one line in docs/explanation/dependencies.md."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest

from tests.arch.tree import ROOT, imports

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Distribution: module, where they differ.
MODULES = {"argon2-cffi": "argon2", "prometheus-client": "prometheus_client", "pydantic-settings": "pydantic_settings",
           "protobuf": "google", "py-ip2region": "ip2region", "ua-parser": "ua_parser", "python-calamine": "python_calamine", "pyyaml": "yaml", "tomli-w": "tomli_w"}  # fmt: skip
# Loaded by another library rather than by our own import.
INDIRECT = {"httptools", "python-multipart", "tzdata", "uvloop"}


def named(requirements: list[str]) -> set[str]:
    """Return the distribution names of requirement strings."""
    return {re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0] for requirement in requirements}


RUN = named(PROJECT["project"]["dependencies"])
EXTRAS = {name for extra in PROJECT["project"]["optional-dependencies"].values() for name in named(extra)}
GROUPS = {name for group in PROJECT["dependency-groups"].values() for name in named(group)}


@pytest.mark.parametrize("page", ["docs/explanation/dependencies.md", "docs/zh/explanation/dependencies.md"])
def test_each_has_a_reason(page: str) -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert {name for name, _ in rows} == RUN | EXTRAS | GROUPS
    assert all(len(reason) >= 4 for _, reason in rows)


def test_each_is_used() -> None:
    used = {found.name.partition(".")[0] for found in imports()}
    unused = {name for name in RUN - INDIRECT if MODULES.get(name, name) not in used}
    assert not unused, f"in pyproject.toml but never imported: {sorted(unused)}"


def test_nothing_is_installed_by_luck() -> None:
    known = {MODULES.get(name, name) for name in RUN | EXTRAS} | {
        "tidewheel",
        "starlette",
        "click",
        "llvmlite",
    }  # with FastAPI, Typer, numba
    strangers = {
        str(found)
        for found in imports()
        if (top := found.name.partition(".")[0]) and top not in known and top not in sys.stdlib_module_names
    }
    assert not strangers, sorted(strangers)
