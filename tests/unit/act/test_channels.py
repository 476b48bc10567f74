"""Channels against real servers: what arrives, what is tried again, and where nothing may be sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr, ValidationError

from tests.receiver import Receiver, receiver
from tidewheel.act.addresses import allowed
from tidewheel.act.contract import CHANNELS, Message, Sending, Undelivered, secrets_of
from tidewheel.core.settings import Settings
from tidewheel.core.text import LANGUAGES

NOW = 1_795_300_000_123
SAID = Message(
    kind="fired",
    title="GMV: ¥120 <b>[x](http://evil)</b>\r\nBcc: all@shop.test",
    facts=(("Metric", "GMV (gmv)"), ("Value", "¥120")),
    link="https://shop.test/p/a/alerts?open=gmv_low",
    data={"alert": "gmv_low", "value": 12_000.0},
    language="en",
)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def settings(**more: Any) -> Settings:
    return Settings(private_webhooks=True, **more)


def send(channel: str, target: dict[str, Any], here: Settings | None = None) -> None:
    kind = CHANNELS.get(channel)
    kind().send(kind.Target.model_validate(target), SAID, Sending("d1", NOW, here or settings()))


def post(hook: Receiver, **target: Any) -> Any:
    send("webhook", {"url": f"{hook.url}/hook?key=k", **target})
    return json.loads(hook.received[-1].body)


def test_our_own_form_is_signed(hook: Receiver) -> None:
    said = post(hook, secret="s3cret")
    assert (said["id"], said["kind"], said["alert"], said["value"]) == ("d1", "fired", "gmv_low", 12_000.0)
    got = hook.received[-1]
    stamp, signature = (part.partition("=")[2] for part in got.headers["Tidewheel-Signature"].split(","))
    assert stamp == str(NOW // 1000)
    assert signature == hmac.new(b"s3cret", f"{stamp}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.headers["Tidewheel-Delivery"] == "d1"
    assert b"s3cret" not in got.body
    post(hook)
    assert "Tidewheel-Signature" not in hook.received[-1].headers


def test_group_robots_get_their_own_forms(hook: Receiver) -> None:
    wecom = post(hook, format="wecom")
    assert wecom["msgtype"] == "markdown"
    assert "> Value: ¥120" in wecom["markdown"]["content"]
    assert "[x](" not in wecom["markdown"]["content"]
    feishu = post(hook, format="feishu", secret="s")
    assert feishu["content"]["post"]["en_us"]["content"][0] == [{"tag": "text", "text": "Metric: GMV (gmv)"}]
    key = f"{NOW // 1000}\ns".encode()
    assert feishu["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    dingtalk = post(hook, format="dingtalk", secret="SECx")
    assert "Tidewheel" in dingtalk["markdown"]["title"]
    query = parse_qs(urlsplit(hook.received[-1].path).query)
    text = f"{NOW}\nSECx".encode()
    assert query["sign"] == [base64.b64encode(hmac.new(b"SECx", text, hashlib.sha256).digest()).decode()]
    assert query["timestamp"] == [str(NOW)]
    assert query["key"] == ["k"]


@pytest.mark.parametrize(
    ("answer", "form", "again"),
    [
        ((500, b""), "json", True),
        ((429, b""), "json", True),
        ((404, b""), "json", False),
        ((302, b""), "json", False),
        ((200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'), "wecom", False),
        ((200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}'), "wecom", True),
        ((200, b'{"code": 19021, "msg": "sign match fail"}'), "feishu", False),
        ((200, b'{"errcode": 310000, "errmsg": "keywords not in content"}'), "dingtalk", False),
    ],
)
def test_what_may_be_tried_again(hook: Receiver, answer: tuple[int, bytes], form: str, again: bool) -> None:
    hook.answers.append(answer)
    with pytest.raises(Undelivered) as raised:
        post(hook, format=form, secret="s3cret")
    assert raised.value.again == again
    for language in LANGUAGES:
        told = raised.value.say(language)
        assert "s3cret" not in told
        assert "key=k" not in told
    assert len(hook.received) == 1


def test_nobody_at_home_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Undelivered) as raised:
        send("webhook", {"url": f"http://127.0.0.1:{port}/"})
    assert raised.value.again
    assert raised.value.say("en") == "127.0.0.1 refused the connection: is it running, and is the port right?"
    assert raised.value.say("zh") == "127.0.0.1 拒绝连接：请确认其正在运行且端口正确。"


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("93.184.215.14", True, True),
        ("2606:4700::1111", True, True),
        ("127.0.0.1", False, True),
        ("10.1.2.3", False, True),
        ("192.168.1.1", False, True),
        ("100.64.0.1", False, True),
        ("::1", False, True),
        ("fd12::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("2002:a9fe:a9fe::1", False, False),
        ("100.100.100.200", False, False),
        ("fd00:ec2::254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
    ],
)
def test_where_a_message_may_go(address: str, public: bool, private: bool) -> None:
    assert (allowed(address, private=False), allowed(address, private=True)) == (public, private)


def test_the_own_network_is_closed_unless_the_setting_opens_it(hook: Receiver) -> None:
    with pytest.raises(Undelivered, match="may not be reached") as raised:
        send("webhook", {"url": hook.url}, Settings())
    assert not raised.value.again
    assert hook.received == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.test/",
        "http://",
        "//a.test",
        "http://me:pw@a.test/",
        "http://a.test/\r\nX: y",
        "http://a.test/ü",
    ],
)
def test_only_addresses_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError):
        CHANNELS.get("webhook").Target.model_validate({"url": url})


def test_secrets_are_named() -> None:
    assert secrets_of(CHANNELS.get("webhook")) == {"url", "secret"}
    assert secrets_of(CHANNELS.get("mail")) == set()


class Post:
    """What a mail server keeps; it refuses whoever is called nobody."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = ""

    async def handle_RCPT(self, *call: Any) -> str:  # noqa: N802 - the library's name
        _server, _session, envelope, address, _options = call
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *call: Any) -> str:  # noqa: N802 - the library's name
        if self.refuse:
            return self.refuse
        envelope = call[2]
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Post, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    held = Post()
    controller = Controller(held, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield held, f"127.0.0.1:{port}"
    finally:
        controller.stop()


def over(address: str) -> Settings:
    return settings(smtp_url=SecretStr(f"smtp://{address}"), public_url="https://shop.test")


def test_a_mail_has_plain_text_and_html(mailbox: tuple[Post, str]) -> None:
    held, address = mailbox
    send("mail", {"addresses": ["ada@shop.test", "bo@shop.test"]}, over(address))
    [mail] = held.mails
    assert mail["To"] == "ada@shop.test, bo@shop.test"
    assert mail["From"] == "tidewheel@shop.test"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == "<d1@shop.test>"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Value: ¥120" in plain.get_content()
    assert "&lt;b&gt;" in page.get_content()
    assert "https://shop.test/p/a/alerts?open=gmv_low" in page.get_content()


@pytest.mark.parametrize(("answer", "again"), [("451 later", True), ("554 never", False)])
def test_what_a_mail_server_says_decides(mailbox: tuple[Post, str], answer: str, again: bool) -> None:
    held, address = mailbox
    held.refuse = answer
    with pytest.raises(Undelivered) as raised:
        send("mail", {"addresses": ["ada@shop.test"]}, over(address))
    assert raised.value.again == again


def test_a_wrong_address_is_told(mailbox: tuple[Post, str]) -> None:
    held, address = mailbox
    with pytest.raises(Undelivered, match=r"nobody@shop\.test: 550") as raised:
        send("mail", {"addresses": ["nobody@shop.test", "ada@shop.test"]}, over(address))
    assert not raised.value.again
    assert len(held.mails) == 1


def test_a_password_is_never_said_in_clear(mailbox: tuple[Post, str]) -> None:
    held, address = mailbox
    here = settings(smtp_url=SecretStr(f"smtp://me:pass%21word@{address}"))
    with pytest.raises(Undelivered) as raised:
        send("mail", {"addresses": ["ada@shop.test"]}, here)
    assert "STARTTLS" in raised.value.say("zh")
    assert "pass" not in raised.value.say("en") + repr(here)
    assert held.mails == []


@pytest.mark.parametrize("url", [None, "http://mail.test", "smtp://", "smtp://a:99999"])
def test_a_mail_server_must_be_named(url: str | None) -> None:
    here = Settings(smtp_url=SecretStr(url) if url else None)
    with pytest.raises(Undelivered, match="TIDEWHEEL_SMTP_URL") as raised:
        send("mail", {"addresses": ["ada@shop.test"]}, here)
    assert not raised.value.again
