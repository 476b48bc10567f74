"""The catalog's tables: who may do what, and what people have set up.

Times are milliseconds since 1970 in UTC. Secrets are kept as SHA-256 of a random value, passwords as
argon2. Write keys are kept readable: they are shipped in web pages and only let their holder add events.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Role: TypeAlias = Literal["owner", "editor", "viewer"]
ROLES: tuple[Role, ...] = ("viewer", "editor", "owner")
"""Weakest first."""


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can speak of them on any database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON}


def _parent(column: str) -> ForeignKey:
    return ForeignKey(column, ondelete="CASCADE")


class User(Base):
    """Somebody who signs in. ``email`` is lower case. An admin is an owner of every project."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    admin: Mapped[bool]
    language: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[int] = mapped_column(BigInteger)


class Project(Base):
    """One brand: its events, people and boards are apart from every other's."""

    __tablename__ = "projects"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    week_start: Mapped[int]
    holidays: Mapped[str] = mapped_column(String(16), server_default="")
    created_at: Mapped[int] = mapped_column(BigInteger)


class Membership(Base):
    """What a user may do in a project."""

    __tablename__ = "memberships"
    user_id: Mapped[str] = mapped_column(_parent("users.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))


class SignIn(Base):
    """A browser that is signed in; ``id`` is the hash of its cookie."""

    __tablename__ = "sign_ins"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(_parent("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class FailedSignIn(Base):
    """One wrong password; ``key`` is a hash of the address, with or without the account."""

    __tablename__ = "failed_sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64))
    time: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index(None, "key", "time"),)


class ApiToken(Base):
    """A personal token: acts for its user, within its scopes and, if set, one project."""

    __tablename__ = "api_tokens"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(_parent("users.id"), index=True)
    project_id: Mapped[str | None] = mapped_column(_parent("projects.id"))
    name: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    start: Mapped[str] = mapped_column(String(16))
    """The first characters, so that people can tell tokens apart."""
    scopes: Mapped[list[str]]
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)


class Source(Base):
    """Where events come from; ``write_key`` lets an SDK or a server add events to the project.

    Events carry the ``id``, which is unique within the project and never changes. ``vendor_keys`` are keys
    its clients already hold from another vendor, ``vocabularies`` how that vendor's words become ours.
    ``plan_mode`` is what becomes of events that are not as planned: observe, warn or block.
    """

    __tablename__ = "sources"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    write_key: Mapped[str] = mapped_column(String(64), unique=True)
    enabled: Mapped[bool]
    created_at: Mapped[int] = mapped_column(BigInteger)
    vendor_keys: Mapped[list[str]]
    vocabularies: Mapped[dict[str, Any]]
    plan_mode: Mapped[str] = mapped_column(String(8))
    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Board(Base):
    """A page of saved answers."""

    __tablename__ = "boards"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    tiles: Mapped[list[Any]]
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    updated_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class SavedQuestion(Base):
    """A question worth asking again."""

    __tablename__ = "saved_questions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(64))
    params: Mapped[dict[str, Any]]
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    updated_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class SavedSegment(Base):
    """People worth asking about again: a rule, or a list of identifiers.

    ``definition`` holds the kind, params, cell and comparison of the answer it was saved from (none: an
    uploaded list); ``members`` the identifiers of a list. ``removed_at`` is set while it can be brought back.
    """

    __tablename__ = "segments"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    members: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int | None]
    version: Mapped[int]
    by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    removed_at: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index(
            "uq_segments_project_id_name",
            "project_id",
            "name",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )


class SavedQuery(Base):
    """SQL worth running again. ``parameters`` are declarations, ``chart`` is how the page draws it."""

    __tablename__ = "saved_queries"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sql: Mapped[str] = mapped_column(Text)
    parameters: Mapped[list[Any]]
    chart: Mapped[dict[str, Any]]
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    updated_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class MetricVersion(Base):
    """What a metric meant from a moment on; the highest version is in force. Without a definition it is removed.

    Versions are kept for ever: an answer that names one can be explained.
    """

    __tablename__ = "metric_versions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))
    time: Mapped[int] = mapped_column(BigInteger)


class IdentityRulesVersion(Base):
    """How a project's identifiers made persons from a moment on; the highest version is in force."""

    __tablename__ = "identity_rules_versions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))
    time: Mapped[int] = mapped_column(BigInteger)


class GoalVersion(Base):
    """What a goal meant from a moment on, kept as metrics are."""

    __tablename__ = "goal_versions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))
    time: Mapped[int] = mapped_column(BigInteger)


class EnrichmentVersion(Base):
    """The rules of an enrichment from a moment on, kept as metrics are. Without a definition ours are in force."""

    __tablename__ = "enrichment_versions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))
    time: Mapped[int] = mapped_column(BigInteger)


class PickVersion(Base):
    """What a picked event meant from a moment on, kept as metrics are."""

    __tablename__ = "pick_versions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))
    time: Mapped[int] = mapped_column(BigInteger)


class SharedSecret(Base):
    """A secret that all processes of an installation sign with."""

    __tablename__ = "shared_secrets"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))


class PlanVersion(Base):
    """What a part of the tracking plan said from a moment on, kept as metrics are; ``name`` is ``event:purchase``."""

    __tablename__ = "plan_versions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(220), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))
    time: Mapped[int] = mapped_column(BigInteger)


class PlanViolation(Base):
    """How often on a day events of a source were not as planned in one way; ``samples`` are masked.

    ``blocked`` of the ``count`` were refused for it.
    """

    __tablename__ = "plan_violations"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    event: Mapped[str] = mapped_column(String(200), primary_key=True)
    property: Mapped[str] = mapped_column(String(200), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    blocked: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[int] = mapped_column(BigInteger)
    samples: Mapped[list[Any]]


class PlanMute(Base):
    """Violations somebody has looked at and wants to hear no more of; an empty ``source`` stands for all."""

    __tablename__ = "plan_mutes"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    event: Mapped[str] = mapped_column(String(200), primary_key=True)
    property: Mapped[str] = mapped_column(String(200), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(254))
    time: Mapped[int] = mapped_column(BigInteger)


class Destination(Base):
    """Where messages go. ``target`` is what the channel needs; what of it is secret is never shown again."""

    __tablename__ = "destinations"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    target: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(2))
    by: Mapped[str] = mapped_column(String(254))
    updated_at: Mapped[int] = mapped_column(BigInteger)


class Alert(Base):
    """When to tell about a metric or about arrivals, and how it stands.

    Of a metric ``since``, ``told`` and ``last_told`` are period starts. Of arrivals ``standings`` holds
    [source, event, since, told, last told] of each part that is not well, and ``since`` the earliest of them.
    """

    __tablename__ = "alerts"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    definition: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    muted_until: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[int | None] = mapped_column(BigInteger)
    told: Mapped[bool]
    last_told: Mapped[int | None] = mapped_column(BigInteger)
    looked_at: Mapped[int | None] = mapped_column(BigInteger)
    """When it was last worked out, also where nothing came of it."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Why it could not be worked out the last time."""
    standings: Mapped[list[Any]]


class AlertCheck(Base):
    """One period judged, once and for all: the key lets no second process judge it again.

    Of arrivals it is one look (``start`` and ``end`` are its moment) that had news, which ``arrivals`` holds.
    """

    __tablename__ = "alert_checks"
    project_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    end: Mapped[int] = mapped_column(BigInteger)
    time: Mapped[int] = mapped_column(BigInteger)
    running: Mapped[bool]
    bad: Mapped[bool | None]
    news: Mapped[str | None] = mapped_column(String(16))
    muted: Mapped[bool]
    value: Mapped[float | None] = mapped_column(Double)
    expected: Mapped[float | None] = mapped_column(Double)
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    reason: Mapped[str | None] = mapped_column(String(32))
    format: Mapped[str] = mapped_column(String(16))
    arrivals: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "name"], ["alerts.project_id", "alerts.name"], ondelete="CASCADE"
        ),
    )


class Delivery(Base):
    """A message on its way: ``waiting`` until ``next_at``, then ``sent`` or ``failed`` for good."""

    __tablename__ = "alert_deliveries"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    start: Mapped[int | None] = mapped_column(BigInteger)
    destination: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    message: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int]
    created_at: Mapped[int] = mapped_column(BigInteger)
    next_at: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(String(300))
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "name"], ["alerts.project_id", "alerts.name"], ondelete="CASCADE"
        ),
        Index(None, "project_id", "name", "created_at"),
        Index(None, "state", "next_at"),
    )


class PrivacyPolicy(Base):
    """What a project has decided about personal data; without a row the defaults hold."""

    __tablename__ = "privacy_policies"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    policy: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(254))
    updated_at: Mapped[int] = mapped_column(BigInteger)


class Erasure(Base):
    """People to be erased. ``subject`` names them until it is done, then nothing does; ``steps`` are counts by step.

    ``state``: ``waiting``, ``running``, ``done``; ``error`` says why the last try did not get to its end.
    """

    __tablename__ = "erasures"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    subject: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    suppress: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[int] = mapped_column(BigInteger)
    finished_at: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int]
    steps: Mapped[dict[str, Any]]
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(String(300))
    worker: Mapped[str | None] = mapped_column(String(32))
    """The process that does it, of those that share a lake."""


class Process(Base):
    """A data folder of those that share a lake, and the process that ran on it last.

    ``role``: ``server``, ``collector``. ``public_key`` closes what only this folder can open. ``retired_at``: it will not
    come back, as somebody has said.
    """

    __tablename__ = "processes"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    folder: Mapped[str] = mapped_column(String(500))
    role: Mapped[str] = mapped_column(String(10))
    public_key: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[int] = mapped_column(BigInteger)
    retired_at: Mapped[int | None] = mapped_column(BigInteger)


class ErasurePart(Base):
    """What one process has to do for an erasure: put what waits into the lake, then clean its own files.

    ``state``: ``asked``, ``gathered``, ``cleaning``, ``cleaned``, and where it was not waited for ``unanswered``, then ``late``.
    ``note`` says whom to erase to a process that comes back after the rest have forgotten; only its folder can open it.
    """

    __tablename__ = "erasure_parts"
    erasure_id: Mapped[str] = mapped_column(_parent("erasures.id"), primary_key=True)
    process_id: Mapped[str] = mapped_column(_parent("processes.id"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(10))
    counts: Mapped[dict[str, Any]]
    answered_at: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(Text)


class Suppression(Base):
    """Somebody who was erased and must not be known again: a keyed hash of one identifier."""

    __tablename__ = "suppressions"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    erasure_id: Mapped[str] = mapped_column(String(32))
    time: Mapped[int] = mapped_column(BigInteger)


class ImportRun(Base):
    """One file that was loaded."""

    __tablename__ = "imports"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    file: Mapped[str] = mapped_column(String(300))
    started_at: Mapped[int] = mapped_column(BigInteger)
    finished_at: Mapped[int | None] = mapped_column(BigInteger)
    by: Mapped[str | None] = mapped_column(String(254))
    mapping: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    """Counts and the first problems; ``error`` when it could not be finished."""


class Connector(Base):
    """A place that is read: how, when, how far. ``secrets`` is encrypted; ``lease`` names who reads it now."""

    __tablename__ = "connectors"
    project_id: Mapped[str] = mapped_column(_parent("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    place: Mapped[dict[str, Any]]
    secrets: Mapped[str] = mapped_column(Text)
    rows: Mapped[str] = mapped_column(String(16))
    mapping: Mapped[dict[str, Any]]
    schedule: Mapped[dict[str, Any]]
    tell: Mapped[list[str]]
    source_id: Mapped[str] = mapped_column(String(32))
    paused: Mapped[bool]
    cursor: Mapped[dict[str, Any]]
    next_at: Mapped[int | None] = mapped_column(BigInteger, index=True)
    wanted_by: Mapped[str | None] = mapped_column(String(254))
    lease: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[int] = mapped_column(BigInteger)
    current_at: Mapped[int | None] = mapped_column(BigInteger)
    """All that was there at this moment is in."""
    reached: Mapped[int | None] = mapped_column(BigInteger)
    left: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    told: Mapped[bool]
    by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class ConnectorRun(Base):
    """One reading of a place.

    ``state`` is running, done, partly (some could not be read), failed, stopped, or interrupted (its process died).
    """

    __tablename__ = "connector_runs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[int] = mapped_column(BigInteger)
    finished_at: Mapped[int | None] = mapped_column(BigInteger)
    by: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(16))
    counts: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "name"], ["connectors.project_id", "connectors.name"], ondelete="CASCADE"
        ),
        Index(None, "project_id", "name", "started_at"),
    )


class AuditEntry(Base):
    """Who changed what. ``actor`` is an e-mail address, ``local`` for the command line."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    time: Mapped[int] = mapped_column(BigInteger, index=True)
    actor: Mapped[str] = mapped_column(String(254))
    project_id: Mapped[str | None] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]]
