"""Build hook: a wheel carries the built browser interface, or is not made, and its busiest modules compiled.

What judges events is plain Python with types. Where there is a C compiler, mypyc turns it into machine code; the
sources stay beside it, and without a compiler the wheel has the sources alone and does the same more slowly.
"""

from __future__ import annotations

import os
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_UI = "TIDEWHEEL_WHEEL_WITHOUT_UI"
COMPILE = "TIDEWHEEL_COMPILE"
"""``0``: sources alone. ``1``: a wheel that could not be compiled is not made. Otherwise compiled where it can be."""
COMPILED = (
    "core/ids.py",
    "collect/calls.py",
    "collect/circumstances.py",
    "collect/identifiers.py",
    "collect/intake.py",
    "collect/person.py",
    "collect/times.py",
    "collect/translating.py",
    "collect/values.py",
    "collect/protocols/amplitude.py",
    "collect/protocols/ga4.py",
    "collect/protocols/growingio.py",
    "collect/protocols/mixpanel.py",
    "collect/protocols/posthog.py",
    "collect/protocols/segment.py",
    "collect/protocols/sensors.py",
    "collect/protocols/snowplow.py",
    "collect/protocols/youshu.py",
    "store/link_maker.py",
    "store/rows.py",
)
"""What every event goes through; each is compiled as it stands and must behave as it does uncompiled."""


class Package(BuildHookInterface[Any]):
    """Looks for the built pages, and compiles; editable installs do without both."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Look before anything is packed."""
        if version == "editable":
            return
        serve = Path(self.root, "src", "tidewheel", "serve")
        built = all((serve / one).exists() for one in ("ui/index.html", "sdk/tw.js"))
        if not built and os.environ.get(WITHOUT_UI) != "1":
            self.app.abort(
                "The wheel would lack the browser interface: run `make ui` first, "
                f"or set {WITHOUT_UI}=1 for a wheel that only answers the API."
            )
        wanted = os.environ.get(COMPILE, "")
        if wanted == "0":
            return
        self._place = tempfile.TemporaryDirectory(prefix="tidewheel-build-")
        try:
            made = compiled(Path(self.root), Path(self._place.name))
        except (ImportError, SystemExit, OSError) as error:
            if wanted == "1":
                self.app.abort(f"The wheel could not be compiled: {error!r}")
            self.app.display_warning(f"Not compiled, so that taking events in is slower: {error!r}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(path): name for name, path in made.items()})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Put away what was compiled, which the wheel has now."""
        if hasattr(self, "_place"):
            self._place.cleanup()


def compiled(root: Path, place: Path) -> dict[str, Path]:
    """Compile into ``place``; return the extension modules by their path in the wheel.

    Raises ImportError without mypyc, SystemExit or OSError where the compiler fails or is missing.
    """
    from mypyc.build import mypycify  # noqa: PLC0415 - a wheel can be made without it
    from setuptools import Distribution  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415
    from setuptools.errors import BaseError, CCompilerError  # noqa: PLC0415

    before = Path.cwd()
    os.chdir(root)
    try:
        paths = [f"src/tidewheel/{name}" for name in COMPILED]
        extensions = mypycify(
            ["--config-file", "pyproject.toml", "--no-error-summary", *paths],
            debug_level="0",
            group_name="tidewheel",
            target_dir=str(place / "c"),
        )
        build = build_ext(Distribution({"name": "tidewheel", "ext_modules": extensions}))
        build.build_lib, build.build_temp = str(place / "lib"), str(place / "o")
        build.ensure_finalized()
        build.run()
    except (BaseError, CCompilerError) as error:
        raise OSError(str(error)) from error
    finally:
        os.chdir(before)
    ending = sysconfig.get_config_var("EXT_SUFFIX")
    return {path.relative_to(place / "lib").as_posix(): path for path in (place / "lib").rglob(f"*{ending}")}
