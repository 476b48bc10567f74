"""Users, roles, sign-ins, tokens, sources, the audit log."""

from __future__ import annotations

import pytest

from tests.api.shop import NOW
from tidewheel.core.errors import BadInput, Conflict, NotFound
from tidewheel.store.catalog import (
    Catalog,
    Session,
    User,
    audit,
    imports,
    projects,
    sign_ins,
    sources,
    tokens,
    users,
)

MINUTE = 60_000


def add_user(db: Session, email: str = "Ada@Shop.test", *, admin: bool = True) -> User:
    return users.add(db, email=email, name="Ada", password_hash="x", admin=admin, now=NOW)


def add_project(db: Session, name: str) -> str:
    return projects.add(db, name=name, time_zone="UTC", currency="CNY", week_start=0, now=NOW).id


def test_addresses_are_unique_whatever_their_case(catalog: Catalog) -> None:
    with catalog.write() as db:
        add_user(db)
    with pytest.raises(Conflict), catalog.write() as db:
        add_user(db, " ada@SHOP.test")


def test_the_last_admin_stays(catalog: Catalog) -> None:
    with catalog.write() as db:
        ada = add_user(db)
        bob = add_user(db, "bob@shop.test", admin=False)
    with pytest.raises(BadInput) as caught, catalog.write() as db:
        users.remove(db, ada.id)
    assert caught.value.code == "last_admin"
    with catalog.write() as db:
        users.remove(db, bob.id)
        assert users.count(db) == 1


def test_roles_replace_what_was_there_and_go_with_the_project(catalog: Catalog) -> None:
    with catalog.write() as db:
        ada = add_user(db)
        a, b = add_project(db, "A"), add_project(db, "B")
        users.set_roles(db, ada.id, {a: "viewer", b: "owner"})
        users.set_roles(db, ada.id, {a: "editor"})
        assert users.roles(db, ada.id) == {"a": "editor"}
        assert users.all_roles(db) == {ada.id: {"a": "editor"}}
    with pytest.raises(NotFound), catalog.write() as db:
        users.set_roles(db, ada.id, {"nowhere": "viewer"})
    with catalog.write() as db:
        db.delete(projects.get(db, a))
        db.flush()
        assert users.roles(db, ada.id) == {}


@pytest.mark.parametrize(("name", "slug"), [("Shop A", "shop-a"), ("花间", "project"), ("  É!  ", "project")])
def test_ids_are_made_from_names(catalog: Catalog, name: str, slug: str) -> None:
    with catalog.write() as db:
        assert add_project(db, name) == slug
        assert add_project(db, name) == f"{slug}-2"


def test_a_sign_in_is_found_by_its_secret_until_it_is_over(catalog: Catalog) -> None:
    with catalog.write() as db:
        ada = add_user(db)
        secret, kept = sign_ins.start(db, ada.id, now=NOW, hours=1)
        assert secret not in kept.id
    with catalog.read() as db:
        found = sign_ins.find(db, secret, NOW + 59 * MINUTE)
        assert found
        assert found[1].email == "ada@shop.test"
        assert sign_ins.find(db, secret, NOW + 60 * MINUTE) is None
        assert sign_ins.find(db, "guess", NOW) is None


def test_failures_count_for_fifteen_minutes(catalog: Catalog) -> None:
    with catalog.write() as db:
        sign_ins.failed(db, ["a", "b"], NOW)
        sign_ins.failed(db, ["a"], NOW + MINUTE)
        assert sign_ins.failures(db, "a", NOW + MINUTE) == (2, NOW)
        assert sign_ins.failures(db, "a", NOW + 15 * MINUTE) == (1, NOW + MINUTE)
        sign_ins.succeeded(db, "a")
        assert sign_ins.failures(db, "a", NOW + MINUTE)[0] == 0
        assert sign_ins.failures(db, "b", NOW + MINUTE)[0] == 1


def test_tokens_end_and_are_only_kept_as_a_hash(catalog: Catalog) -> None:
    with catalog.write() as db:
        ada = add_user(db)
        secret, token = tokens.add(
            db, user_id=ada.id, name="x", scopes=["read"], project_id=None, now=NOW, expires_at=NOW + MINUTE
        )
        assert secret not in (token.hash, token.start)
        assert tokens.find(db, secret, NOW)
        assert tokens.find(db, secret, NOW + MINUTE) is None
        assert tokens.use_is_stale(token, NOW)
        tokens.used(db, token.id, NOW)
        assert not tokens.use_is_stale(token, NOW + MINUTE)
        with pytest.raises(NotFound):
            tokens.remove(db, "somebody else", token.id)
        tokens.remove(db, ada.id, token.id)
        assert tokens.listed(db, ada.id) == []


def test_sources_belong_to_their_project(catalog: Catalog) -> None:
    with catalog.write() as db:
        a, b = add_project(db, "A"), add_project(db, "B")
        one = sources.add(db, project_id=a, name="Web", kind="web", now=NOW)
        two = sources.add(db, project_id=b, name="Web", kind="web", now=NOW)
        assert (one.id, two.id) == ("web", "web")
        assert one.write_key != two.write_key
        with pytest.raises(NotFound):
            sources.get(db, "nowhere", "web")
        with pytest.raises(Conflict):
            sources.add(db, project_id=a, name="Web", kind="app", now=NOW)
        before = one.write_key
        sources.renew_key(one)
        assert one.write_key != before


def test_the_audit_log_is_paged_newest_first(catalog: Catalog) -> None:
    with catalog.write() as db:
        for number in range(5):
            project = "a" if number % 2 else None
            audit.note(
                db, now=NOW + number, actor="ada", action="did", subject=str(number), project_id=project
            )
        total, page = audit.listed(db, None, 1, 2)
        assert (total, [entry.subject for entry in page]) == (5, ["3", "2"])
        assert audit.listed(db, "a", 0, 10)[0] == 2


def test_imports_are_remembered(catalog: Catalog) -> None:
    with catalog.write() as db:
        a = add_project(db, "A")
        run = imports.start(db, project_id=a, kind="events", file="x.csv", mapping={}, by="ada", now=NOW)
        imports.finish(db, run.id, {"rows": 3}, NOW + 5)
        [found] = imports.listed(db, a)
        assert (found.summary, found.finished_at) == ({"rows": 3}, NOW + 5)


@pytest.mark.parametrize("odd", ["\0", "a\0b", "x" * 500, "';--"])
def test_odd_ids_are_simply_not_there(catalog: Catalog, odd: str) -> None:
    with catalog.write() as db:
        for look in (projects.get, users.get):
            with pytest.raises(NotFound):
                look(db, odd)
        with pytest.raises(NotFound):
            sources.get(db, "a", odd)
