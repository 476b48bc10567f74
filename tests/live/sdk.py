"""Runs vendors' npm clients: in Node, on a page in a browser, in a mini program.

A client is a script in ``clients/`` that plays a visitor with the vendor's own SDK; ``npm ci`` there (part
``clients`` of ``tools/prepare.py``) has installed the SDKs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "clients"
LIMIT = 120
PAGE = (
    '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
    "<script>window.settings={settings}</script></head>"
    '<body><h1>{title}</h1><button id="buy" class="buy">加入购物车</button>'
    '<script src="/client.js"></script></body></html>'
)


def run_node(script: str, *, runtime: str = "", **settings: Any) -> Any:
    """Run a script of ``clients/`` with settings as its first argument; return the JSON it printed, if any."""
    command = [_program("node"), *(["--require", str(FOLDER / runtime)] if runtime else []), script]
    done = subprocess.run(
        [*command, json.dumps(settings)], cwd=_installed(), capture_output=True, text=True, timeout=LIMIT, check=False
    )  # fmt: skip
    assert done.returncode == 0, f"{script} failed:\n{done.stdout}{done.stderr}"
    said = done.stdout.strip().splitlines()
    return json.loads(said[-1]) if said and said[-1][:1] in "{[" else None


def run_mini_program(script: str, **settings: Any) -> Any:
    """Run a script on the ``wx`` runtime."""
    return run_node(script, runtime="wx.cjs", **settings)


@cache
def bundled(script: str) -> bytes:
    """Return a script of ``clients/`` with all it imports, for a page."""
    command = [str(_installed() / "node_modules" / ".bin" / "esbuild"), script, "--bundle", "--format=iife"]
    done = subprocess.run(
        [*command, "--define:process.env.NODE_ENV=\"production\"", "--log-level=error"],
        cwd=FOLDER, capture_output=True, timeout=LIMIT, check=False, env={**os.environ, "PATH": _path()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@contextmanager
def served(script: str, title: str, settings: dict[str, Any]) -> Iterator[str]:
    """Serve a page with a script at every path; yields its origin, which is no bare address and not localhost."""
    page = PAGE.format(title=title, settings=json.dumps(settings)).encode()

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code = self.path == "/client.js"
            body = bundled(script) if code else page
            self.send_response(200)
            kind = "text/javascript" if code else "text/html"
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://shop.localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def _installed() -> Path:
    if not (FOLDER / "node_modules").exists():
        pytest.fail("The vendors' clients are not installed: `make test` installs them.", pytrace=False)
    return FOLDER


def _program(name: str) -> str:
    found = shutil.which(name, path=_path())
    assert found, f"there is no {name} on PATH: `make test` installs one"
    return found


def _path() -> str:
    """Return PATH with the virtual environment first, where Node may be."""
    return os.pathsep.join(
        [str(Path(shutil.which("python") or "").parent), os.environ.get("PATH", os.defpath)]
    )
