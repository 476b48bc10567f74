"""Files stay readable, folders stay the flow, and nothing names a machine or a registry."""

from __future__ import annotations

import statistics

from tests.arch.tree import PACKAGE, ROOT, modules, tracked

# path: the dated reason why a file may be longer than 600 lines
LONG: dict[str, str] = {}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "lib", "shared", "tools", "stuff", "types"}
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmmirror", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("tuna", "tsinghua", "edu", "cn"),
    ]
)
TEXT = {
    ".py",
    ".toml",
    ".md",
    ".ts",
    ".tsx",
    ".js",
    ".mjs",
    ".json",
    ".yaml",
    ".yml",
    ".sh",
    ".cfg",
    ".html",
    "",
}


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules()}
    long = {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > 600}
    assert set(long) == set(LONG), f"longer than 600 lines: {long}; with a reason: {sorted(LONG)}"
    counts = [lines for path, lines in lengths.items() if path.name != "__init__.py"]
    assert statistics.median(counts) <= 150
    assert statistics.quantiles(counts, n=10)[-1] <= 350


def test_no_drawers() -> None:
    named = [
        str(path.relative_to(ROOT))
        for path in modules()
        for name in (path.stem, path.parent.name)
        if name in DRAWERS or name.startswith("base_") or name.endswith(("_v2", "_utils", "_helpers"))
    ]
    assert not named, named


def test_the_folders_are_the_flow() -> None:
    known = {
        "core", "store", "collect", "identify", "model", "analyse", "retail", "act", "demo", "serve", "__pycache__"
    }  # fmt: skip
    assert {path.name for path in PACKAGE.iterdir() if path.is_dir()} <= known


def test_no_file_names_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)} names {host}"
        for path in tracked()
        if path.suffix in TEXT
        for host in REGISTRY_HOSTS
        if host in path.read_text("utf-8", errors="replace")
    ]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3 + " ")
    found = [
        f"{path.relative_to(ROOT)} has {mark}"
        for path in tracked()
        if path.suffix in {".py", ".ts", ".tsx", ".css"}
        for mark in marks
        if mark in path.read_text("utf-8", errors="replace")
    ]
    assert not found, "\n".join(found)
