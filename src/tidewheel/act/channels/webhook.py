"""A POST to an address: our own signed JSON, or the form that the robots of group chats take."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, StringConstraints, field_validator

from tidewheel.act.addresses import resolve
from tidewheel.act.contract import SECRET, Channel, Message, Sending, Target, Undelivered
from tidewheel.act.failures import unreached, untrusted
from tidewheel.core.errors import Unfit
from tidewheel.core.text import Text

TIMEOUT_SECONDS: Final = 10
LONGEST_SECONDS: Final = 25
_WECOM_BYTES: Final = 4096
_READ_BYTES: Final = 64 * 1024
_ANSWERED: Final = Text("{host} answered with status {status}.", "{host} 返回状态码 {status}。")
_NOT_TAKEN: Final = Text(
    "The robot did not take the message: {code} {words}", "机器人没有接收消息：{code} {words}"
)
_TRANSIENT: Final = frozenset({408, 409, 425, 429})
_BUSY_CODES: Final = frozenset({45009, 130101, 11232, -1})
"""What WeCom, DingTalk and Feishu answer with, at status 200, when it was too much at once."""


class WebhookTarget(Target):
    """An address, which is secret because that of a robot lets everybody write into its group."""

    url: Annotated[str, StringConstraints(max_length=2000), Field(json_schema_extra=SECRET)]
    secret: Annotated[str | None, Field(max_length=500, json_schema_extra=SECRET)] = None
    format: Literal["json", "wecom", "feishu", "dingtalk"] = "json"

    @field_validator("url")
    @classmethod
    def _web(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            raise Unfit(
                Text(
                    "an address such as https://example.com/hook is needed, without user or password",
                    "需要形如 https://example.com/hook 的地址，且不含用户名与密码",
                )
            )
        if any(ord(letter) <= 32 or ord(letter) > 126 for letter in url):
            raise Unfit(Text("the address holds a letter that addresses do not have", "地址中有不合法的字符"))
        if parts.port == 0:
            raise Unfit(Text("there is no port 0", "没有 0 号端口"))
        return url


class Webhook(Channel):
    """Sends by HTTP; never follows a redirect, never goes through a proxy."""

    name = "webhook"
    title = Text("Webhook or group robot", "Webhook / 群机器人")
    Target = WebhookTarget

    def place(self, target: WebhookTarget) -> str:
        """Return the host."""
        return urlsplit(target.url).netloc

    def send(self, target: WebhookTarget, message: Message, sending: Sending) -> None:
        """Send once, or raise Undelivered."""
        url, body, headers = request(target, message, sending)
        status, answer = _post(url, body, headers, private=sending.settings.private_webhooks)
        if not 200 <= status < 300:
            raise Undelivered(
                _ANSWERED, again=status in _TRANSIENT or status >= 500, host=self.place(target), status=status
            )
        if target.format != "json":
            _check(answer)


def request(target: WebhookTarget, message: Message, sending: Sending) -> tuple[str, bytes, dict[str, str]]:
    """Return the address, body and headers of one attempt."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Tidewheel",
        "Tidewheel-Delivery": sending.id,
    }
    seconds, url = str(sending.now // 1000), target.url
    if target.format == "wecom":
        text = _cut(_markdown(message, "\n"), _WECOM_BYTES)
        said: dict[str, Any] = {"msgtype": "markdown", "markdown": {"content": text}}
    elif target.format == "dingtalk":
        said = {
            "msgtype": "markdown",
            "markdown": {"title": f"Tidewheel: {message.title}", "text": _markdown(message, "\n\n")},
        }
        if target.secret:
            stamp = str(sending.now)
            sign = _sign(target.secret.encode(), f"{stamp}\n{target.secret}".encode())
            url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote(sign, safe='')}"
    elif target.format == "feishu":
        said = {"msg_type": "post", "content": {"post": _feishu(message)}}
        if target.secret:
            said |= {"timestamp": seconds, "sign": _sign(f"{seconds}\n{target.secret}".encode(), b"")}
    else:
        facts = [{"name": name, "value": value} for name, value in message.facts]
        said = {
            "id": sending.id, "kind": message.kind, "title": message.title, "facts": facts,
            "link": message.link, **message.data,
        }  # fmt: skip
    body = json.dumps(said, ensure_ascii=False).encode()
    if target.format == "json" and target.secret:
        signed = hmac.new(target.secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        headers["Tidewheel-Signature"] = f"t={seconds},v1={signed}"
    return url, body, headers


def _sign(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _markdown(message: Message, line: str) -> str:
    lines = [f"**Tidewheel** {_plain(message.title)}"]
    lines += [f"> {name}: {_plain(value)}" for name, value in message.facts]
    if message.link:
        lines.append(f"[{'查看' if message.language == 'zh' else 'Open'}]({message.link})")
    return line.join(lines)


def _plain(text: str) -> str:
    """Take out what group chats would read as marks, links or calls of everybody."""
    return "".join(" " if letter in "[]<>`*\n\r" else letter for letter in text)


def _feishu(message: Message) -> dict[str, Any]:
    rows = [[{"tag": "text", "text": f"{name}: {value}"}] for name, value in message.facts]
    if message.link:
        words = "查看" if message.language == "zh" else "Open"
        rows.append([{"tag": "a", "text": words, "href": message.link}])
    language = "zh_cn" if message.language == "zh" else "en_us"
    return {language: {"title": f"Tidewheel: {message.title}", "content": rows}}


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode("utf-8", "ignore")


def _check(answer: bytes) -> None:
    """Raise where a robot says at status 200 that it did not take the message."""
    try:
        said = json.loads(answer)
        code = next((said[name] for name in ("errcode", "code", "StatusCode") if name in said), 0)
        words = str(said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or "")
    except (ValueError, AttributeError, TypeError):
        return
    if code != 0:
        raise Undelivered(_NOT_TAKEN, again=code in _BUSY_CODES, code=code, words=words)


def _post(url: str, body: bytes, headers: dict[str, str], *, private: bool) -> tuple[int, bytes]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    address = resolve(host, parts.port or (443 if secure else 80), private=private)
    connection = http.client.HTTPConnection(host, address[1], timeout=TIMEOUT_SECONDS)
    patience = threading.Timer(LONGEST_SECONDS, _hang_up, (connection,))
    patience.daemon = True
    patience.start()
    try:
        plain = socket.create_connection(address, timeout=TIMEOUT_SECONDS)
        connection.sock = plain
        if secure:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Host": parts.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read(_READ_BYTES)
    except ssl.SSLCertVerificationError as error:
        raise untrusted(host, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise unreached(host, error) from error
    finally:
        patience.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """End a request whose answer comes byte by byte."""
    with contextlib.suppress(OSError):
        connection.sock.shutdown(socket.SHUT_RDWR)
