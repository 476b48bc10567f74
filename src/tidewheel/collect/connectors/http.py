"""APIs that answer with JSON, page after page.

The rows are a list in the answer, found by a JSON pointer. With ``since_field`` each run asks only for what came or
changed since the newest row, ``overlap_minutes`` before it. A page that was kept is not asked for again where the
API gives a token or a link to the next one; numbered pages move as rows come in, so these begin again.
Rows that are equal in everything are taken once; ``id_field`` tells equal ones apart.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, Self
from urllib.parse import urljoin, urlsplit

import httpx
from pydantic import Field, field_validator

from tidewheel.collect.files.readers import Row
from tidewheel.collect.pull.answers import field_of, guard, parsed, pointed
from tidewheel.collect.pull.contract import SECRET, Batch, Connector, Cursor, Found, Place, World, zh
from tidewheel.collect.pull.rows import row_of, table_of_rows
from tidewheel.collect.times import read_time, zone_of
from tidewheel.core.errors import BadInput, TidewheelError, Unavailable
from tidewheel.core.period import MINUTE
from tidewheel.core.text import Text

LARGEST_ANSWER: Final = 64 * 2**20
MOST_PAGES: Final = 100_000
LONGEST_WAIT: Final = 120.0
ATTEMPTS: Final = 4
Address = Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s@]+$")]


class HttpPlace(Place):
    """An address and how it is asked."""

    url: Annotated[
        Address, Field(description="Address that answers with JSON", json_schema_extra=zh("返回 JSON 的地址"))
    ]
    method: Annotated[
        Literal["GET", "POST"], Field(description="How it is asked", json_schema_extra=zh("请求方法"))
    ] = "GET"
    body: Annotated[
        str | None,
        Field(
            max_length=20_000,
            description="JSON that is posted",
            json_schema_extra=zh("POST 的 JSON 内容") | {"lines": True},
        ),
    ] = None
    headers: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            max_length=30,
            description="Further headers, none of them secret: {name: value}",
            json_schema_extra=zh("其他请求头（不要放密钥）：{名称: 值}"),
        ),
    ]
    sign_in: Annotated[
        Literal["none", "bearer", "basic", "header", "oauth2"],
        Field(description="How to sign in", json_schema_extra=zh("认证方式")),
    ] = "none"
    user: Annotated[
        str | None,
        Field(
            max_length=300,
            description="User of basic, client id of oauth2, name of the header",
            json_schema_extra=zh("basic 的用户名、oauth2 的客户端 ID 或请求头名称"),
        ),
    ] = None
    secret: Annotated[
        str | None,
        Field(
            max_length=2000,
            description="Token, password, client secret or header value",
            json_schema_extra=zh("令牌、密码、客户端密钥或请求头的值") | SECRET,
        ),
    ] = None
    token_url: Annotated[
        Address | None,
        Field(description="Where oauth2 gets its token", json_schema_extra=zh("OAuth2 获取令牌的地址")),
    ] = None
    scope: Annotated[
        str | None,
        Field(max_length=500, description="Scope of oauth2", json_schema_extra=zh("OAuth2 权限范围")),
    ] = None
    rows: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^(/.*)?$",
            description="JSON pointer to the list: /data/items",
            json_schema_extra=zh("列表所在位置（JSON 指针），如 /data/items"),
        ),
    ] = ""
    paging: Annotated[
        Literal["none", "page", "offset", "cursor", "link"],
        Field(description="How the next page is asked for", json_schema_extra=zh("翻页方式")),
    ] = "none"
    page_parameter: Annotated[
        str,
        Field(
            max_length=100,
            description="Parameter of the page, the offset or the token",
            json_schema_extra=zh("页码、偏移量或令牌的参数名"),
        ),
    ] = "page"
    first_page: Annotated[
        int, Field(ge=0, le=1, description="Number of the first page", json_schema_extra=zh("首页页码"))
    ] = 1
    size_parameter: Annotated[
        str | None,
        Field(
            max_length=100, description="Parameter of the page size", json_schema_extra=zh("每页行数的参数名")
        ),
    ] = None
    size: Annotated[
        int, Field(ge=1, le=10_000, description="Rows a page", json_schema_extra=zh("每页行数"))
    ] = 100
    next: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=r"^/.*$",
            description="JSON pointer to the next token or link; a Link header needs none",
            json_schema_extra=zh("下一页令牌或链接的位置；使用 Link 响应头时不用填"),
        ),
    ] = None
    since_parameter: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Parameter that asks for what is newer",
            json_schema_extra=zh("只取更新数据的参数名"),
        ),
    ] = None
    since_field: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Field of a row with the time it came or changed",
            json_schema_extra=zh("行中表示新增或修改时间的字段"),
        ),
    ] = None
    since_form: Annotated[
        Literal["iso", "seconds", "milliseconds", "local"],
        Field(
            description="How that time is written: local is 2026-11-01 10:00:00 in the project's zone",
            json_schema_extra=zh("时间写法：local 为项目时区的 2026-11-01 10:00:00"),
        ),
    ] = "iso"
    overlap_minutes: Annotated[
        int,
        Field(
            ge=0,
            le=44_640,
            description="How far before the newest row each run begins",
            json_schema_extra=zh("每次从最新一行往前多少分钟开始读"),
        ),
    ] = 10
    id_field: Annotated[
        str | None,
        Field(
            max_length=200, description="Field that tells rows apart", json_schema_extra=zh("区分各行的字段")
        ),
    ] = None
    requests_per_minute: Annotated[
        int,
        Field(ge=1, le=6_000, description="Most requests a minute", json_schema_extra=zh("每分钟最多请求数")),
    ] = 120

    @field_validator("body")
    @classmethod
    def _json(cls, body: str | None) -> str | None:
        if body is not None:
            try:
                json.loads(body)
            except ValueError:
                raise ValueError("the body must be JSON") from None
        return body


class Http(Connector):
    """Reads lists of JSON objects."""

    name: ClassVar[str] = "http"
    title: ClassVar[Text] = Text("HTTP API (JSON)", "HTTP 接口（JSON）")
    Place = HttpPlace

    def check(self, place: HttpPlace, world: World) -> Text:
        """Ask for the first page."""
        with _Client(place, world) as client:
            rows = rows_in(client.ask(_first(place, {}, world)).body, place)
        return Text(
            f"Connected. The first page has {len(rows):,} rows.", f"连接成功，第一页有 {len(rows):,} 行。"
        )

    def discover(self, place: HttpPlace, world: World) -> list[Found]:
        """Return the first page."""
        with _Client(place, world) as client:
            rows = rows_in(client.ask(_first(place, {}, world)).body, place)
        made = [row_of(number, value) for number, value in enumerate(rows[:20], 1)]
        return [Found(urlsplit(place.url).path or "/", {}, [row for row in made if isinstance(row, Row)])]

    def read(self, place: HttpPlace, cursor: Cursor, world: World) -> Generator[Batch, bool, None]:
        """Yield a batch a page; the newest time is kept once the last page is."""
        since, newest = cursor.get("since"), cursor.get("newest", cursor.get("since"))
        with _Client(place, world) as client:
            asked = _resumed(place, cursor, world) or _first(place, cursor, world)
            for number in range(MOST_PAGES):
                world.pause()
                page = client.ask(asked)
                rows = rows_in(page.body, place)
                times = [ms for row in rows if (ms := _time(row, place, world.zone)) is not None]
                newest = max([*times, *([] if newest is None else [newest])], default=None)
                following = _following(place, asked, page, rows, number)
                if rows or following is None:
                    resumed = {"next": following} if following and place.paging in {"cursor", "link"} else {}
                    after = (
                        {"since": newest}
                        if following is None
                        else {"since": since, "newest": newest, **resumed}
                    )
                    yield Batch(f"page {number + 1}", _opener(rows, place), after, newest, newest)
                if following is None:
                    return
                asked = following
        raise BadInput(
            "endless_pages",
            Text("The API has no last page.", "接口一直返回下一页。"),
            field="paging",
            got=MOST_PAGES,
            hint=Text("Check how the next page is asked for.", "请检查翻页方式的设置。"),
        )

    def back(self, cursor: Cursor, moment: int, zone: str) -> Cursor:  # noqa: ARG002
        """Ask for what is newer than a moment."""
        return {"since": moment}


Asked = dict[str, Any]
"""What is asked for: ``url`` and ``query``."""


class _Page:
    def __init__(self, body: Any, link: str | None) -> None:
        self.body, self.link = body, link


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom connections trust, read once: it takes longer than many an answer."""
    return httpx.create_ssl_context(trust_env=False)


class _Client:
    """Asks slowly enough, signs in, and tries again what may pass."""

    def __init__(self, place: HttpPlace, world: World) -> None:
        self._place, self._world = place, world
        self._http = httpx.Client(
            timeout=httpx.Timeout(60, connect=15), follow_redirects=False, trust_env=False, verify=_trusted()
        )
        self._token: str | None = None
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, asked: Asked) -> _Page:
        renewed = False
        for attempt in range(ATTEMPTS):
            self._paced()
            status, headers, body = self._sent(asked)
            if status == 401 and self._place.sign_in == "oauth2" and not renewed:
                self._token, renewed = None, True
                continue
            if status in {408, 425, 429} or status >= 500:
                wait = _retry_after(headers) or 2.0**attempt
                if wait > LONGEST_WAIT or attempt == ATTEMPTS - 1:
                    raise _busy(self._place.url, status, wait)
                self._world.wait(wait)
                continue
            if status >= 400 or 300 <= status < 400:
                raise _refused(self._place, status)
            return _Page(parsed(body), _link(headers, asked["url"]))
        raise _busy(self._place.url, 429, LONGEST_WAIT)

    def _paced(self) -> None:
        now = time.monotonic()
        if self._next > now:
            self._world.wait(self._next - now)
        self._next = max(now, self._next) + 60 / self._place.requests_per_minute

    def _sent(self, asked: Asked) -> tuple[int, httpx.Headers, bytes]:
        place = self._place
        target = httpx.URL(asked["url"]).copy_merge_params(asked["query"])
        guard(str(target))
        content = place.body.encode() if place.method == "POST" and place.body else None
        with _told(place.url):
            request = self._http.build_request(place.method, target, headers=self._headers(), content=content)
            answer = self._http.send(request, stream=True, auth=self._auth())
            try:
                body = bytearray()
                for part in answer.iter_bytes(1 << 16):
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        raise _too_large()
            finally:
                answer.close()
        return answer.status_code, answer.headers, bytes(body)

    def _headers(self) -> dict[str, str]:
        place = self._place
        found = {"Accept": "application/json", "User-Agent": "Tidewheel", **place.headers}
        if place.method == "POST":
            found["Content-Type"] = "application/json"
        if place.sign_in == "bearer":
            found["Authorization"] = f"Bearer {place.secret or ''}"
        elif place.sign_in == "header":
            found[place.user or "X-Api-Key"] = place.secret or ""
        elif place.sign_in == "oauth2":
            self._token = self._token or self._token_of()
            found["Authorization"] = f"Bearer {self._token}"
        return found

    def _auth(self) -> httpx.BasicAuth | None:
        if self._place.sign_in != "basic":
            return None
        return httpx.BasicAuth(self._place.user or "", self._place.secret or "")

    def _token_of(self) -> str:
        place = self._place
        if place.token_url is None:
            raise BadInput(
                "no_token_url",
                Text("oauth2 needs the address that gives tokens.", "OAuth2 需要填写获取令牌的地址。"),
                field="token_url",
                hint=Text("Enter token_url.", "请填写 token_url。"),
            )
        guard(place.token_url)
        form = {"grant_type": "client_credentials"} | ({"scope": place.scope} if place.scope else {})
        with _told(place.token_url):
            answer = self._http.post(place.token_url, data=form, auth=(place.user or "", place.secret or ""))
        if answer.status_code >= 500 or answer.status_code == 429:
            raise _busy(place.token_url, answer.status_code, 0)
        try:
            return str(answer.json()["access_token"]) if answer.is_success else ""
        except (ValueError, KeyError, TypeError):
            return ""


def _first(place: HttpPlace, cursor: Cursor, world: World) -> Asked:
    query: dict[str, str] = {}
    since = cursor.get("since")
    if place.since_parameter and since is not None:
        query[place.since_parameter] = _written(since - place.overlap_minutes * MINUTE, place, world.zone)
    if place.size_parameter:
        query[place.size_parameter] = str(place.size)
    if place.paging == "page":
        query[place.page_parameter] = str(place.first_page)
    elif place.paging == "offset":
        query[place.page_parameter] = "0"
    return {"url": place.url, "query": query}


def _resumed(place: HttpPlace, cursor: Cursor, world: World) -> Asked | None:
    """Return the page after the last one that was kept, where it still exists."""
    asked = cursor.get("next")
    if not asked:
        return None
    with _Client(place, world) as client:
        try:
            client.ask(asked)
        except BadInput:
            return None  # tokens grow old: begin again
    return dict(asked)


def _following(place: HttpPlace, asked: Asked, page: _Page, rows: list[Any], number: int) -> Asked | None:
    if place.paging == "none":
        return None
    if place.paging == "link":
        target = page.link or pointed(page.body, place.next)
        if not isinstance(target, str) or not target:
            return None
        target = urljoin(asked["url"], target)
        if urlsplit(target).netloc != urlsplit(place.url).netloc:
            raise _elsewhere(target)
        return {"url": target, "query": {}}
    if place.paging == "cursor":
        token = pointed(page.body, place.next)
        if token in {None, "", 0} or str(token) == asked["query"].get(place.page_parameter):
            return None
        return {"url": place.url, "query": asked["query"] | {place.page_parameter: str(token)}}
    if not rows or (place.size_parameter and len(rows) < place.size):
        return None
    if place.paging == "page":
        return {
            "url": place.url,
            "query": asked["query"] | {place.page_parameter: str(place.first_page + number + 1)},
        }
    offset = int(asked["query"][place.page_parameter]) + len(rows)
    return {"url": place.url, "query": asked["query"] | {place.page_parameter: str(offset)}}


def rows_in(body: Any, place: HttpPlace) -> list[Any]:
    """Return the list of an answer."""
    found = pointed(body, place.rows) if place.rows else body
    if found is None and place.rows and isinstance(body, dict):
        found = []
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        lists = (
            [f"/{name}" for name, value in body.items() if isinstance(value, list)]
            if isinstance(body, dict)
            else []
        )
        raise BadInput(
            "no_list",
            Text("There is no list of rows at {at}.", "在 {at} 处没有找到数据列表。"),
            field="rows",
            got=place.rows,
            expected=lists or None,
            hint=Text("Point to the list, such as /data/items.", "请指向列表，例如 /data/items。"),
            at=place.rows or "/",
        )
    return found


def _time(row: Any, place: HttpPlace, zone: str) -> int | None:
    value = field_of(row, place.since_field)
    return None if value is None else read_time(value, zone_of(zone))


def _written(ms: int, place: HttpPlace, zone: str) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    if place.since_form == "iso":
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if place.since_form == "local":
        return moment.astimezone(zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S")
    return str(ms // 1000 if place.since_form == "seconds" else ms)


def _opener(rows: list[Any], place: HttpPlace) -> Any:
    def key(value: Any) -> str:
        own = field_of(value, place.id_field), field_of(value, place.since_field)
        return json.dumps(
            own if own != (None, None) else value, sort_keys=True, default=str, ensure_ascii=False
        )

    unique = {key(value): value for value in rows}
    table = table_of_rows(
        [row_of(number, value, name) for number, (name, value) in enumerate(unique.items(), 1)]
    )
    return lambda: table


def _link(headers: httpx.Headers, base: str) -> str | None:
    for part in headers.get("link", "").split(","):
        target, _, about = part.partition(";")
        if 'rel="next"' in about or "rel=next" in about:
            return urljoin(base, target.strip().strip("<>"))
    return None


def _retry_after(headers: httpx.Headers) -> float | None:
    said = headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()) if said else None
    except (TypeError, ValueError):
        return None


@contextmanager
def _told(url: str) -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise Unavailable(
            "api_unreachable",
            Text("{host} does not answer ({why}).", "{host} 没有响应（{why}）。"),
            field="url",
            got=urlsplit(url).netloc,
            hint=Text(
                "Check the address, and that the server may reach it.", "请检查地址，并确认服务器可以访问。"
            ),
            host=urlsplit(url).netloc,
            why=type(error).__name__,
        ) from None


def _busy(url: str, status: int, wait: float) -> TidewheelError:
    error = Unavailable(
        "api_busy",
        Text("{host} asks for patience (HTTP {status}).", "{host} 请求稍后再试（HTTP {status}）。"),
        field="url",
        got=status,
        hint=Text("It is tried again by itself.", "系统会自动重试。"),
        host=urlsplit(url).netloc,
        status=status,
    )
    error.retry_after_seconds = max(wait, 1.0)
    return error


def _refused(place: HttpPlace, status: int) -> BadInput:
    if status in {401, 403}:
        return BadInput(
            "api_refused",
            Text("{host} refuses the sign-in (HTTP {status}).", "{host} 拒绝了登录信息（HTTP {status}）。"),
            field="secret",
            got=status,
            hint=Text("Check the token or password and its rights.", "请检查令牌或密码及其权限。"),
            host=urlsplit(place.url).netloc,
            status=status,
        )
    return BadInput(
        "api_refused",
        Text("{host} refuses the request (HTTP {status}).", "{host} 拒绝了请求（HTTP {status}）。"),
        field="url",
        got=status,
        hint=Text("Check address, parameters and body.", "请检查地址、参数和请求内容。"),
        host=urlsplit(place.url).netloc,
        status=status,
    )


def _elsewhere(target: str) -> BadInput:
    return BadInput(
        "link_elsewhere",
        Text("The next page is on another host.", "下一页指向了其他主机。"),
        field="paging",
        got=urlsplit(target).netloc,
        hint=Text(
            "The token is not sent there; use another way of paging.",
            "为安全起见不会把令牌发往其他主机，请改用其他翻页方式。",
        ),
    )


def _too_large() -> BadInput:
    return BadInput(
        "answer_too_large",
        Text("An answer is larger than 64 MiB.", "单次返回超过 64 MiB。"),
        field="size",
        hint=Text("Ask for fewer rows a page.", "请减少每页行数。"),
    )
