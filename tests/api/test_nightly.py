"""At three in a project's own zone its answers are verified, once a night."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.api.shop import Shop
from tidewheel.serve import verifying
from tidewheel.serve.nightly import Nightly

NIGHT = int(datetime(2026, 11, 23, 3, 5, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)
PROJECT = "shop-a"


@pytest.mark.parametrize(("minutes", "due"), [(-10, False), (0, True), (50, True), (60, False)])
def test_a_project_is_due_in_the_hour_after_three(
    shop: Shop, admin: httpx.Client, minutes: int, due: bool
) -> None:
    assert admin.get(f"/api/v1/projects/{PROJECT}/schema").status_code == 200  # opens the store
    shop.clock.now = NIGHT + minutes * 60_000
    assert (PROJECT in [one.id for one in Nightly(shop.installation).due()]) == due


def test_it_is_verified_once_a_night(shop: Shop, admin: httpx.Client) -> None:
    admin.get(f"/api/v1/projects/{PROJECT}/schema")
    shop.clock.now = NIGHT
    nightly = Nightly(shop.installation)
    project = next(one for one in nightly.due() if one.id == PROJECT)
    assert nightly.check(project)
    report = verifying.last_report(shop.installation.store(PROJECT))
    assert report is not None
    assert report["checked_at"] // 60_000 == NIGHT // 60_000
    assert PROJECT not in [one.id for one in nightly.due()]
    shop.clock.now = NIGHT + 86_400_000
    assert PROJECT in [one.id for one in nightly.due()]


def test_a_night_is_claimed_once(shop: Shop, admin: httpx.Client) -> None:
    admin.get(f"/api/v1/projects/{PROJECT}/schema")
    shop.clock.now = NIGHT
    one, other = Nightly(shop.installation), Nightly(shop.installation)
    project = next(one for one in other.due() if one.id == PROJECT)
    assert one.claim(project)
    assert not other.claim(project)
    assert not one.claim(project)
    shop.clock.now = NIGHT + 86_400_000
    assert other.claim(project)


def test_the_thread_ends_with_the_server(shop: Shop) -> None:
    nightly = Nightly(shop.installation)
    nightly.start()
    nightly.close()
    nightly.close()


def test_runs_are_listed_and_one_question_is_verified_alone(shop: Shop, admin: httpx.Client) -> None:
    path = f"/api/v1/projects/{PROJECT}/verify"
    assert admin.get(f"{path}/runs").json() == {"runs": []}
    trend = {"series": [{"step": {"any_of": [{"event": "purchase"}]}}], "period": {"last": 7}}
    alone = admin.post(f"{path}/question", json={"kind": "trends", "params": trend, "sample": 1}).json()
    assert [one["name"] for one in alone["verdicts"]] == ["people", "trends"]
    assert alone["agreed"]
    assert admin.get(f"{path}/runs").json() == {"runs": []}  # one question alone is not kept
    for seed in (1, 2):
        shop.clock.now += 60_000
        assert admin.post(path, json={"sample": 0.5, "seed": seed}, params={"query_id": f"v-{seed}"}).json()[
            "agreed"
        ]
    assert admin.get(f"/api/v1/projects/{PROJECT}/queries/v-1").json()["progress"] == 1
    runs = admin.get(f"{path}/runs").json()["runs"]
    assert [run["seed"] for run in runs] == [2, 1]
    assert all(run["agreed"] and run["differ"] == 0 < run["compared"] <= run["questions"] for run in runs)
    wrong = admin.post(f"{path}/question", json={"kind": "trend", "params": {}})
    assert wrong.status_code in {400, 404, 422}
