"""How commands reach an installation: its running server, or the same API without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tidewheel.core.errors import BadInput, NotFound, TidewheelError, Unavailable
from tidewheel.core.settings import Settings, load_settings
from tidewheel.core.text import Text
from tidewheel.serve.address import read_address
from tidewheel.serve.cli.output import language

_PATIENCE = httpx.Timeout(None)  # imports of large files take long, and the server has its own limits


class Refused(TidewheelError):
    """An error the API has put into words already."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        words = [
            str(said.get(name) or "").replace("{", "{{").replace("}", "}}") for name in ("message", "hint")
        ]
        message, hint = (Text(text, text) for text in words)
        super().__init__(
            str(said.get("code") or "error"),
            message,
            field=said.get("field"),
            got=said.get("got"),
            expected=said.get("expected"),
            hint=hint if words[1] else None,
            plain="",
        )
        self.answered = status


class Reach:
    """The HTTP API as the command line uses it. ``settings`` are those of this process."""

    def __init__(self, client: httpx.Client, settings: Settings, *, running: bool) -> None:
        self.client = client
        self.settings = settings
        self.running = running

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Make one request; anything but success is raised."""
        try:
            answer = self.client.request(method, path, **more)
        except httpx.TransportError as error:
            raise Unavailable(
                "server_gone",
                Text("The server does not answer: {why}.", "服务没有响应：{why}。"),
                got=str(self.client.base_url),
                hint=Text("Look at its log, then start it again.", "请查看其日志后重新启动。"),
                why=str(error) or type(error).__name__,
            ) from error
        if answer.is_success:
            return answer
        try:
            said = answer.json()["error"]
        except (ValueError, KeyError, TypeError):
            said = {"code": "error", "message": f"HTTP {answer.status_code}"}
        raise Refused(answer.status_code, said)

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON at a path."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.send("GET", f"/api/v1{path}", params=given).json()

    def post(self, path: str, body: Any, **query: Any) -> Any:
        """Send JSON and return the JSON of the answer."""
        return self.send("POST", f"/api/v1{path}", json=body, params=query).json()

    def project(self, wanted: str | None) -> str:
        """Return the id of the project that is meant."""
        known = [project["id"] for project in self.get("/projects")["projects"]]
        if wanted is not None:
            return wanted
        if not known:
            raise NotFound(
                "no_project",
                Text("There is no project yet.", "还没有项目。"),
                hint=Text("Add one: tidewheel project add NAME", "请新建：tidewheel project add 名称"),
            )
        if len(known) > 1:
            raise BadInput(
                "which_project",
                Text("There are several projects.", "有多个项目。"),
                field="--project",
                expected=known,
                hint=Text("Name one with --project.", "请用 --project 指定。"),
            )
        return str(known[0])


def settings_for(home: Path | None) -> Settings:
    """Return the settings, with the data folder of the command line if one was given."""
    found = load_settings()
    return found.model_copy(update={"home": home.expanduser().resolve()}) if home else found


@contextmanager
def reach(home: Path | None) -> Iterator[Reach]:
    """Reach the installation of a data folder, whether or not its server runs."""
    settings = settings_for(home)
    address = read_address(settings.home)
    if address is not None and _answers(address.url):
        headers = _headers(address.token)
        with httpx.Client(
            base_url=address.url, headers=headers, timeout=_PATIENCE, trust_env=False
        ) as client:
            yield Reach(client, settings, running=True)
        return
    from tidewheel.serve.cli.here import alone

    with alone(settings) as (transport, token):
        base, headers = "http://tidewheel.local", _headers(token)
        with httpx.Client(transport=transport, base_url=base, headers=headers, timeout=_PATIENCE) as client:
            yield Reach(client, settings, running=False)


def read_running(home: Path) -> str | None:
    """Return the address of the running server of a data folder, None when none runs."""
    address = read_address(home)
    return address.url if address is not None and _answers(address.url) else None


def _headers(token: str) -> dict[str, str]:
    spoken = "zh-CN" if language() == "zh" else "en"
    return {"Authorization": f"Bearer {token}", "Accept-Language": spoken}


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/api/v1/setup", timeout=5, trust_env=False)
    except httpx.TransportError:
        return False
    return True
