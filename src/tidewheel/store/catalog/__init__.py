"""Definitions and operational state: users, projects, sources, boards; SQLite or PostgreSQL.

Each topic is a module of functions on an open transaction::

    with catalog.write() as db:
        projects.add(db, name="Shop", …)
"""

from tidewheel.store.catalog import (
    alerts,
    audit,
    boards,
    deliveries,
    destinations,
    imports,
    metrics,
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
    Alert,
    AlertCheck,
    ApiToken,
    AuditEntry,
    Board,
    Delivery,
    Destination,
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
    "Alert",
    "AlertCheck",
    "ApiToken",
    "AuditEntry",
    "Board",
    "Catalog",
    "Delivery",
    "Destination",
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
    "alerts",
    "audit",
    "boards",
    "deliveries",
    "destinations",
    "imports",
    "metrics",
    "projects",
    "saved_queries",
    "segments",
    "sign_ins",
    "sources",
    "tokens",
    "users",
]
