"""Settings of one installation: environment variables that start with ``TIDEWHEEL_``.

Everything else is data in the catalog.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tidewheel.core.errors import BadInput, unknown
from tidewheel.core.text import Text

PREFIX = "TIDEWHEEL_"


class Settings(BaseSettings):
    """What an operator may set; each line's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    home: Annotated[Path, Field(description="Folder that holds all data")] = Path.home() / ".tidewheel"
    host: Annotated[str, Field(description="Address the server listens on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port the server listens on")] = 8787
    catalog_url: Annotated[
        str | None, Field(description="SQLAlchemy URL of the catalog; by default SQLite in the data folder")
    ] = None
    public_url: Annotated[
        str | None, Field(description="Address people reach the server at, if behind a proxy")
    ] = None
    secure_cookies: Annotated[bool, Field(description="Send cookies over HTTPS only")] = False
    threads: Annotated[
        int, Field(ge=0, description="Threads that answer a question; 0 means one per core")
    ] = 0
    lake: Annotated[
        str | None,
        Field(
            pattern=r"^(s3://[^/]+(/.*)?|/.+)$",
            description="Lake that several processes share: s3://bucket/prefix on S3-compatible storage, or a folder; by default the data folder",
        ),
    ] = None
    executor: Annotated[str, Field(description="Where questions are answered: threads or ray")] = "threads"
    ray_address: Annotated[
        str, Field(description="Ray cluster that answers questions when the executor is ray")
    ] = "auto"
    max_body_mb: Annotated[int, Field(ge=1, description="Largest request body accepted, in MiB")] = 10
    max_upload_mb: Annotated[
        int, Field(ge=1, description="Largest imported file accepted over HTTP, in MiB")
    ] = 512
    max_batch_events: Annotated[int, Field(ge=1, description="Most events in one request")] = 5_000
    inbox_max_events: Annotated[
        int, Field(ge=1, description="Events waiting for the lake before senders are asked to slow down")
    ] = 500_000
    inbox_max_mb: Annotated[
        int,
        Field(
            ge=1,
            description="Size of events waiting for the lake before senders are asked to slow down, in MiB",
        ),
    ] = 1_024
    intake_mb: Annotated[
        int, Field(ge=16, description="Memory for request bodies that are being received or read, in MiB")
    ] = 256
    slow_request_seconds: Annotated[
        float,
        Field(
            gt=0, description="Time for the head of a request, and over which a body comes at 1 KiB/s or more"
        ),
    ] = 20.0
    clock_leap_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="How long the machine's clock has to stand by a leap of more than a minute before it is believed",
        ),
    ] = 300.0
    refresh_seconds: Annotated[
        float,
        Field(gt=0, description="How often to look for other processes' commits when the lake is shared"),
    ] = 5.0
    erasure_wait_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How long an erasure waits for a process that shares the lake and is not seen; it does its part when it is back",
        ),
    ] = 600.0
    drain_seconds: Annotated[float, Field(gt=0, description="Longest time events wait in the inbox")] = 10.0
    drain_events: Annotated[int, Field(ge=1, description="Events that start a drain before its time")] = (
        50_000
    )
    memory_mb: Annotated[
        int,
        Field(
            ge=64,
            description="Memory that merging columns, compacting the lake and bulk loads of a project may take, in MiB",
        ),
    ] = 2_048
    query_timeout_seconds: Annotated[float, Field(gt=0, description="Longest time a question may take")] = (
        120.0
    )
    sql_timeout_seconds: Annotated[
        float, Field(ge=0, description="Longest time an SQL query may take; 0 means as long as any question")
    ] = 0.0
    sql_memory_mb: Annotated[int, Field(ge=64, description="Most memory one SQL query may use, in MiB")] = (
        1_024
    )
    sql_disk_mb: Annotated[
        int, Field(ge=0, description="Most disk space one SQL query may use when memory is full, in MiB")
    ] = 4_096
    sql_rows: Annotated[int, Field(ge=1, description="Most rows of an SQL answer that are shown")] = 10_000
    sql_export_rows: Annotated[
        int, Field(ge=1, description="Most rows of an SQL answer that are exported")
    ] = 1_000_000
    identifier_key: Annotated[
        SecretStr | None,
        Field(
            min_length=32,
            description="Key that identifiers are hashed with; servers that share a lake need the same. By default a file in the data folder",
        ),
    ] = None
    session_hours: Annotated[int, Field(ge=1, description="How long a sign-in lasts")] = 24 * 14
    sign_in_attempts: Annotated[
        int, Field(ge=1, description="Failed sign-ins per address and account in 15 minutes")
    ] = 10
    smtp_url: Annotated[
        SecretStr | None,
        Field(
            description="Mail server that alerts are sent over: smtps://user:password@host:465, or smtp:// with STARTTLS"
        ),
    ] = None
    mail_from: Annotated[
        str | None,
        Field(
            pattern=r"^[!-?A-~]+@[!-;=?A-~]+$",
            description="Sender of mails; by default tidewheel@ and the host of the public URL",
        ),
    ] = None
    private_webhooks: Annotated[
        bool, Field(description="Let alerts be posted to addresses within the own network")
    ] = False
    connector_folders: Annotated[
        str,
        Field(
            description="Folders of the server that connectors may read, parted by colons; by default none"
        ),
    ] = ""
    secret_key: Annotated[
        SecretStr | None,
        Field(
            description="Key that passwords of connectors are encrypted with; by default secret.key in the data folder"
        ),
    ] = None
    regions: Annotated[
        Path | None,
        Field(
            description="File that says where IP addresses are: MaxMind's format (.mmdb) or ip2region's (.xdb); without it, events get no region"
        ),
    ] = None
    log_format: Annotated[str, Field(pattern="^(console|json)$", description="How log lines look")] = (
        "console"
    )
    log_level: Annotated[
        str, Field(pattern="^(debug|info|warning|error)$", description="Least severe line logged")
    ] = "info"

    @property
    def catalog(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.catalog_url or f"sqlite:///{self.home / 'catalog.sqlite'}"


def load_settings() -> Settings:
    """Read the environment; an unknown ``TIDEWHEEL_`` name is an error that names the nearest one."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            raise unknown(Text("setting", "设置项"), name, known, field=name)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise BadInput(
            "bad_setting",
            Text("{name} cannot be used: {why}.", "{name} 无法使用：{why}。"),
            field=name,
            got=str(first["input"]),
            name=name,
            why=first["msg"],
        ) from None
