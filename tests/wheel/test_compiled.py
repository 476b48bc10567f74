"""What every event goes through is compiled in a wheel, and does there what it does uncompiled."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hatch_build import COMPILED
from tests.wheel.building import ROOT, build

JUDGED_BY = (
    "tests/unit/collect",
    "tests/property/test_collect_intake.py",
    "tests/property/test_explain_laws.py",
    "tests/property/test_hashing_laws.py",
    "tests/property/test_plan_laws.py",
    "tests/property/test_quick_paths.py",
    "tests/property/test_vendor_requests.py",
    "tests/unit/store/test_rows.py",
    "tests/unit/store/test_links.py",
    "tests/unit/store/test_tail.py",
)
"""The tests of what is compiled."""


@pytest.mark.slow
def test_the_wheel_has_the_modules_compiled_and_as_sources(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "none-any" not in wheel.name
    for module in COMPILED:
        assert f"tidewheel/{module}" in names
        assert any(
            name.startswith(f"tidewheel/{module[:-3]}.") and name.endswith((".so", ".pyd")) for name in names
        )


@pytest.mark.slow
def test_without_a_compiler_the_wheel_has_the_sources_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "false")
    monkeypatch.setenv("TIDEWHEEL_WHEEL_WITHOUT_UI", "1")
    build(ROOT, tmp_path, compiled="")
    [found] = tmp_path.glob("tidewheel-*.whl")
    assert found.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(found).namelist() if name.endswith((".so", ".pyd"))]
    with pytest.raises(RuntimeError, match="could not be compiled"):
        build(ROOT, tmp_path, compiled="1")


@pytest.mark.slow
def test_compiled_modules_pass_the_same_tests(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "numba")}
    asked = "import tidewheel.collect.intake as found; print(found.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", asked],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert Path(where).parent == tmp_path / "tidewheel" / "collect"
    assert where.endswith((".so", ".pyd"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *JUDGED_BY]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout[-6000:] + done.stderr[-2000:]
