"""The one error shape on the wire: ``{"error": {code, message, field, got, expected, hint}}``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from tidewheel.core.errors import NotAllowed, NotFound, NotSignedIn, TidewheelError, TooLarge, Transient
from tidewheel.core.text import Language, Text, preferred_language
from tidewheel.core.validation import explain
from tidewheel.serve.routes import methods_at


class ErrorBody(BaseModel):
    """What went wrong, for the person who can mend it."""

    code: str
    """Stable name of the error; it has an entry in the reference."""
    message: str
    field: str | None
    got: Any
    expected: Any
    hint: str | None


class ErrorReply(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorBody


class NotThisMethod(TidewheelError):
    """The address exists, the method does not."""

    status = 405


class Malformed(TidewheelError):
    """The request cannot be read at all."""

    status = 400


class TooSlow(TidewheelError):
    """The request did not come to its end in time."""

    status = 408


class HeadTooLarge(TidewheelError):
    """Address and headers are over the limit."""

    status = 431


class Internal(TidewheelError):
    """A mistake of ours; details are in the log under the request's id."""

    status = 500


def internal(request_id: str) -> Internal:
    """Make the error that hides what went wrong inside."""
    return Internal(
        "internal",
        Text("Something went wrong on our side.", "服务内部出错了。"),
        hint=Text(
            "The server's log has the details under request {request_id}.",
            "详情见服务日志，请求编号 {request_id}。",
        ),
        request_id=request_id,
    )


def too_large(limit_mb: int) -> TooLarge:
    """Make the error for a body over the limit."""
    return TooLarge(
        "body_too_large",
        Text("The request is larger than {limit} MiB.", "请求体超过 {limit} MiB。"),
        expected=f"<= {limit_mb} MiB",
        hint=Text("Send it in smaller parts.", "请拆成更小的请求发送。"),
        limit=limit_mb,
    )


def error_body(error: TidewheelError, language: Language) -> bytes:
    """Return the JSON of an error."""
    return json.dumps({"error": _plain(error.describe(language))}, ensure_ascii=False).encode(
        "utf-8", "backslashreplace"
    )


def error_headers(error: TidewheelError) -> dict[str, str]:
    """Return the headers that go with an error."""
    headers = {"cache-control": "no-store"}
    if isinstance(error, Transient):
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after_seconds)))
    if isinstance(error, TooLarge):
        headers["connection"] = "close"  # the rest of it is not waited for
    if isinstance(error, NotSignedIn):
        headers["www-authenticate"] = "Bearer"
    return headers


def language_of(headers: Mapping[str, str]) -> Language:
    """Return the language the asker prefers."""
    return preferred_language(headers.get("accept-language"))


def install(app: FastAPI) -> None:
    """Answer every kind of failure in the one shape."""
    app.add_exception_handler(TidewheelError, _answer)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http)


def _reply(request: Request, error: TidewheelError) -> Response:
    return Response(
        error_body(error, language_of(request.headers)),
        status_code=error.status,
        headers=error_headers(error),
        media_type="application/json",
    )


async def _answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, TidewheelError)
    return _reply(request, error)


async def _answer_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _reply(request, explain(list(error.errors())))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, TidewheelError):
        return _reply(request, error.__cause__)
    said = _from_status(error, request)
    reply = _reply(request, said)
    if isinstance(said, NotThisMethod):
        reply.headers["allow"] = ", ".join(said.expected)
    return reply


def _from_status(error: HTTPException, request: Request) -> TidewheelError:
    path = request.url.path
    methods = methods_at(path, request.app.routes) if error.status_code == 405 else []
    if error.status_code == 404 or (error.status_code == 405 and not methods):
        return no_such_address(path)
    if error.status_code == 405:
        return not_this_method(request.method, methods)
    if error.status_code == 401:
        return not_signed_in()
    if error.status_code == 403:
        return NotAllowed("not_allowed", Text("You may not do this.", "你没有此操作的权限。"))
    return Malformed(
        "unreadable_request",
        Text("The request cannot be read.", "无法读取该请求。"),
        hint=Text("Send JSON in UTF-8 with its content type.", "请以 UTF-8 JSON 发送，并注明内容类型。"),
    )


def no_such_address(path: str) -> NotFound:
    """Make the error for an address at which there is nothing."""
    return NotFound(
        "no_such_address",
        Text("There is nothing at this address.", "该地址不存在。"),
        got=path,
        hint=Text("/openapi.json lists every address.", "/openapi.json 列出了所有地址。"),
    )


def not_this_method(method: str, methods: list[str]) -> NotThisMethod:
    """Make the error for an address that takes other methods."""
    return NotThisMethod(
        "method_not_allowed",
        Text("{method} cannot be used here.", "此地址不支持 {method}。"),
        got=method,
        expected=methods,
        method=method,
    )


def not_signed_in() -> NotSignedIn:
    """Make the error for a request without session or token."""
    return NotSignedIn(
        "not_signed_in",
        Text("You are not signed in.", "尚未登录。"),
        hint=Text(
            "Sign in, or send a personal token as Authorization: Bearer twp_…",
            "请登录，或在请求头中携带个人令牌 Authorization: Bearer twp_…",
        ),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
