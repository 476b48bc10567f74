"""Definitions and operational state: users, projects, sources, boards; SQLite or PostgreSQL.

Each topic is a module of functions on an open transaction::

    with catalog.write() as db:
        projects.add(db, name="Shop", …)
"""

from tidewheel.store.catalog import (
    audit,
    boards,
    goals,
    imports,
    metrics,
    moving,
    projects,
    saved_queries,
    segments,
    sign_ins,
    sources,
    tokens,
    users,
)
from tidewheel.store.catalog.database import Catalog, Session
from tidewheel.store.catalog.tables import (
    ROLES,
    ApiToken,
    AuditEntry,
    Board,
    GoalVersion,
    ImportRun,
    MetricVersion,
    Project,
    Role,
    SavedQuery,
    SavedQuestion,
    SavedSegment,
    SignIn,
    Source,
    User,
)

__all__ = [
    "ROLES",
    "ApiToken",
    "AuditEntry",
    "Board",
    "Catalog",
    "GoalVersion",
    "ImportRun",
    "MetricVersion",
    "Project",
    "Role",
    "SavedQuery",
    "SavedQuestion",
    "SavedSegment",
    "Session",
    "SignIn",
    "Source",
    "User",
    "audit",
    "boards",
    "goals",
    "imports",
    "metrics",
    "moving",
    "projects",
    "saved_queries",
    "segments",
    "sign_ins",
    "sources",
    "tokens",
    "users",
]
