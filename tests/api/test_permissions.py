"""Every route × everybody: what one may not do is refused, and what one may not see is not there."""

from __future__ import annotations

import re
from typing import Any, Final

import httpx
import pytest

from tidewheel.analyse.run import ANALYSES
from tidewheel.serve.openapi import describe

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "anyone": ("setup_state", "set_up", "sign_in", "get_health"),
    "user": ("current_session", "sign_out", "list_projects", "list_regions"),
    "full user": ("change_me", "list_tokens", "add_token", "remove_token"),
    "viewer": (
        "get_kinds_of_property", "get_losses",
        "get_project", "list_sources", "show_vocabulary", "list_protocols", "list_analyses", "get_query", "cancel_query", "find_people",
        "get_person", "get_timeline", "get_privacy", "get_consents", "may_contact", "list_boards", "get_board", "list_questions", "get_schema", "get_values",
        "get_samples", "get_plan", "get_plan_document", "get_plan_part", "get_plan_template", "list_plan_templates", "get_plan_coverage",
        "draft_plan", "list_violations", "get_volumes", "verify_release", "verify_release_as_csv", "list_enrichments", "get_enrichment", "try_enrichment", "get_home", "watch_live", "get_sighting", "list_rejected", "list_imports", "list_segments",
        "preview_segment", "list_metrics", "get_metric", "get_metric_value", "get_metric_series", "list_goals", "get_goal", "explain_goal", "list_picks", "list_notes", "get_pick", "try_pick", "list_clicked", "get_segment", "count_segment", "list_segment_people", "list_tables", "run_sql",
        "export_sql", "list_alerts", "get_alert", "preview_alert", "list_destinations", "list_connectors", "show_connector", "list_runs", "list_sql_queries", "get_sql_query", "get_verified", "run_verify", "list_verify_runs", "verify_question", "replay_answer", "explain_answers",
        "get_identity_rules", "why_one_person", "preview_decision", "get_log", "get_quarantine", "list_suggestions",
        *(f"ask_{kind}" for kind in ANALYSES.all()), *(f"{kind}_people" for kind in ANALYSES.all()),
    ),
    "editor": (
        "add_consent",
        "add_source", "change_source", "change_vocabulary", "try_vocabulary", "reset_vocabulary", "remove_source", "add_board", "save_board", "remove_board",
        "save_question", "replace_question", "remove_question", "replay_rejected", "mend_rejected", "apply_plan", "save_plan_part", "remove_plan_part",
        "save_rules", "reset_rules", "mute_violation", "unmute_violation", "remove_rejected",
        "preview_import", "load_import", "save_segment", "change_segment", "remove_segment", "restore_segment",
        "save_alert", "remove_alert", "mute_alert", "check_alert", "test_alert", "save_destination",
        "remove_destination", "test_destination", "run_connector", "pause_connector", "read_again",
        "save_sql_query", "apply_metrics", "save_metric", "remove_metric", "apply_goals", "save_goal", "remove_goal", "apply_picks", "save_pick", "remove_pick", "add_note", "change_note", "remove_note", "make_picking_token", "replace_sql_query", "remove_sql_query",
        "link_identifiers", "undo_link", "split_identifier", "look_for_suggestions", "accept_suggestion", "refuse_suggestion",
    ),
    "owner": (
        "check_connector", "discover_connector", "preview_connector", "save_connector", "remove_connector",
        "save_identity_rules", "block_identifier", "accept_all_suggestions", "change_project", "read_project_audit", "save_privacy", "export_person",
        "list_erasures", "ask_erasure", "get_erasure", "get_certificate",
    ),
    "admin": ("add_project", "remove_project", "list_users", "add_user", "change_user", "remove_user", "read_audit", "list_processes", "retire_process"),
}  # fmt: skip
LADDER: Final = ("viewer", "editor", "owner", "admin")
OPERATIONS: Final = {
    operation["operationId"]: (method.upper(), path)
    for path, methods in describe()["paths"].items()
    for method, operation in methods.items()
}
WEAK_TOKEN: Final = {"viewer": 0, "editor": 1, "owner": 2}


def test_every_route_says_what_it_needs() -> None:
    said = [operation for operations in NEEDED.values() for operation in operations]
    assert sorted(said) == sorted(OPERATIONS)


def status(client: httpx.Client, operation: str) -> tuple[int, str | None]:
    method, path = OPERATIONS[operation]
    address = re.sub(r"\{\w+\}", "none", path.replace("{project}", "shop-a"))
    body: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": {}}
    reply = client.request(method, address, **body)
    said = reply.json() if reply.headers["content-type"].startswith("application/json") else {}
    return reply.status_code, said["error"]["code"] if "error" in said else None


@pytest.mark.parametrize("needed", NEEDED)
def test_permissions(people: dict[str, httpx.Client], needed: str) -> None:
    for operation in NEEDED[needed]:
        if operation in {"watch_live", "sign_out"}:
            continue  # a stream without end; the end of the sign-in
        for who, client in people.items():
            code, error = status(client, operation)
            expected = refusal(needed, who)
            assert code < 500, (operation, who)
            if expected is None:
                assert code not in {401, 403}, (operation, who, code, error)
                assert error != "no_such_project", (operation, who)
            else:
                assert (code, error) == expected, (operation, who)


def refusal(needed: str, who: str) -> tuple[int, str] | None:
    """Return how somebody is refused, None when they are not."""
    if needed == "anyone":
        return None
    if who == "nobody":
        return 401, "not_signed_in"
    token = re.fullmatch(r"owner's (\w+) token", who)
    scope = token[1] if token else None
    if needed == "user":
        return None
    if needed == "full user":
        return (403, "scope_missing") if scope in {"read", "write"} else None
    if needed == "admin":
        return None if who == "admin" else (403, "admins_only")
    if who in {"stranger", "token for shop-b"}:
        return 404, "no_such_project"
    role = "owner" if token else who
    if LADDER.index(role) < LADDER.index(needed):
        return 403, "role_too_weak"
    if scope and {"read": 0, "write": 1, "admin": 2}[scope] < WEAK_TOKEN[needed]:
        return 403, "scope_missing"
    return None


def test_lists_hold_only_what_one_may_see(people: dict[str, httpx.Client]) -> None:
    def seen(who: str) -> list[str]:
        return [project["id"] for project in people[who].get("/api/v1/projects").json()["projects"]]

    assert seen("stranger") == ["shop-b"]
    assert seen("viewer") == ["shop-a"]
    assert seen("admin") == ["shop-a", "shop-b"]
    assert seen("token for shop-b") == ["shop-b"]


def test_viewers_do_not_see_write_keys(people: dict[str, httpx.Client]) -> None:
    people["editor"].post("/api/v1/projects/shop-a/sources", json={"name": "Web"})
    [seen] = people["viewer"].get("/api/v1/projects/shop-a/sources").json()["sources"]
    assert seen["write_key"] is None
    [seen] = people["editor"].get("/api/v1/projects/shop-a/sources").json()["sources"]
    assert seen["write_key"].startswith("twk_")


def test_a_token_cannot_make_one_that_reaches_further(people: dict[str, httpx.Client]) -> None:
    confined = people["token for shop-b"]
    for project in (None, "shop-a"):
        reply = confined.post("/api/v1/tokens", json={"name": "x", "scopes": ["read"], "project": project})
        assert reply.status_code == 404, project
    reply = people["owner"].post(
        "/api/v1/tokens", json={"name": "x", "scopes": ["read"], "project": "shop-b"}
    )
    assert reply.json()["error"]["code"] == "no_such_project"
    reply = people["admin"].post(
        "/api/v1/tokens", json={"name": "x", "scopes": ["read"], "user": "owner@shop.test"}
    )
    assert reply.json()["error"]["code"] == "tokens_for_oneself"


def test_a_role_taken_away_is_gone_at_once(people: dict[str, httpx.Client]) -> None:
    users = people["admin"].get("/api/v1/users").json()["users"]
    owner = next(user["id"] for user in users if user["email"] == "owner@shop.test")
    changed = people["admin"].patch(f"/api/v1/users/{owner}", json={"roles": {"shop-a": "viewer"}})
    assert changed.json()["roles"] == {"shop-a": "viewer"}
    assert people["owner"].patch("/api/v1/projects/shop-a", json={"name": "X"}).status_code == 403
    assert (
        people["owner's admin token"].patch("/api/v1/projects/shop-a", json={"name": "X"}).status_code == 403
    )
    people["admin"].delete(f"/api/v1/users/{owner}")
    assert people["owner"].get("/api/v1/projects").status_code == 401
    assert people["owner's read token"].get("/api/v1/projects").status_code == 401
