"""Logs of a web server: one row, one request; pages that people saw become ``page_view``.

Who is behind a request without a user is not known: address and browser together stand for somebody (``cookie``),
as a hash; the address itself is not kept. Requests for parts of pages, by robots, that failed or were
forwarded add nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from tidewheel.collect.files.cells import is_missing
from tidewheel.collect.files.contract import Field, Job, Made, RowKind, Skipped
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import WireEvent
from tidewheel.core.ids import encode_key, key64
from tidewheel.core.text import Text

_PART: Final = re.compile(
    r"\.(?:css|js|mjs|map|json|xml|txt|ico|png|jpe?g|gif|svg|webp|avif|bmp|woff2?|ttf|eot|otf|mp[34]|webm|m3u8|ts|"
    r"pdf|zip|gz|apk|wasm)$",
    re.IGNORECASE,
)
_ROBOT: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scan|monitor|headless|phantom|curl|wget|python|java/|go-http|httpclient|okhttp|"
    r"libwww|axios|postman|pingdom|uptime|lighthouse|feedfetcher|facebookexternalhit|dataprovider",
    re.IGNORECASE,
)
_UTM: Final = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"})


class WebLog(RowKind):
    """Requests that a web server answered."""

    name: ClassVar[str] = "weblog"
    title: ClassVar[Text] = Text("Web-server log", "网站访问日志")
    needs: ClassVar[tuple[str, ...]] = ("when", "fields.ip", "fields.url")
    guesses: ClassVar[tuple[str, ...]] = ("when",)
    fields: ClassVar[Mapping[str, Field]] = {
        "ip": Field(("remoteaddr", "clientip", "remoteip", "host", "realip", "xrealip", "客户端ip")),
        "url": Field(("requesturi", "uri", "path", "request", "requestpath", "requesturl")),
        "method": Field(("requestmethod", "verb", "httpmethod")),
        "status": Field(("statuscode", "responsestatus", "httpstatus", "code", "responsecode")),
        "referrer": Field(("referer", "httpreferer", "httpreferrer")),
        "user_agent": Field(("useragent", "httpuseragent", "agent", "ua")),
        "site": Field(("httphost", "servername", "vhost", "domain")),
        "user": Field(("remoteuser", "userid", "uid", "authuser")),
    }

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row."""
        said = {name: self._text(row, column) for name, column in job.mapping.fields.items()}
        method, target = said.get("method") or "GET", said.get("url") or ""
        if target.partition(" ")[0].isupper() and " " in target:  # "GET /page HTTP/1.1"
            method, _, target = target.partition(" ")
            target = target.rpartition(" HTTP/")[0] or target
        status = said.get("status") or "200"
        parts = urlsplit(target if "//" in target else f"//x{target}")
        why = _left_out(method, status, parts.path, said.get("user_agent") or "")
        if why:
            return Made(row.number, Skipped(why))
        when = job.when(row, job.mapping.when)
        if when is None:
            raise Refused("missing_when", job.mapping.when)
        address = said.get("ip")
        if not address:
            raise Refused("missing_value", job.mapping.fields["ip"])
        agent = said.get("user_agent") or ""
        who: dict[str, Any] = {"cookie": f"log-{encode_key(key64('weblog', address.lower(), agent))}"}
        if said.get("user"):
            who["user"] = said["user"]
        site = said.get("site") or (parts.netloc if "//" in target else "")
        page = {
            "page_path": parts.path or "/",
            "page_url": f"{site}{parts.path or '/'}{'?' + parts.query if parts.query else ''}",
            "page_referrer": said.get("referrer"),
            **{name: value for name, value in parse_qsl(parts.query) if name in _UTM},
        }
        properties = {name: value for name, value in page.items() if value}
        content = ("weblog", when, who["cookie"], who.get("user"), method, target, status)
        return Made(row.number, WireEvent("page_view", when, None, who, properties), content)

    def _text(self, row: Row, column: str) -> str | None:
        value = row.cells.get(column)
        return None if is_missing(value) else str(value).strip()


def _left_out(method: str, status: str, path: str, agent: str) -> str | None:
    if method.upper() != "GET":
        return "method"
    if not (status.startswith("2") or status == "304"):
        return "status"
    if _PART.search(path):
        return "part of a page"
    return "robot" if not agent or _ROBOT.search(agent) else None
