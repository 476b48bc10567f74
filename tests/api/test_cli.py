"""The command line says what the API says, with a server and without one."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from tests.api.shop import NOW, Time
from tidewheel.analyse.run import ANALYSES
from tidewheel.core.settings import Settings
from tidewheel.serve import logs, server
from tidewheel.serve.cli.kinds import commands
from tidewheel.serve.cli.main import run
from tidewheel.serve.installation import Installation

FUNNEL = ["analyse", "funnel", "--step", "view_item", "--step", "purchase", "--within", "1d", "--last", "7d"]
PARAMS = {
    "steps": [{"any_of": [{"event": "view_item"}]}, {"any_of": [{"event": "purchase"}]}],
    "within": {"n": 1, "unit": "day"},
    "period": {"last": 7, "unit": "day"},
}
BUYERS = {
    "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}],
    "grain": "total",
    "period": {"last": 7},
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
Call = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Run a command in this process; returns exit code, output, errors."""
    monkeypatch.setattr("tidewheel.core.clock.time.time_ns", lambda: NOW * 1_000_000)
    monkeypatch.setenv("TIDEWHEEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def one(*words: str) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["tidewheel", *words])
        capfdbinary.readouterr()
        code = 0
        try:
            run()
        except SystemExit as end:
            code = int(end.code or 0)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return one


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "events.csv"
    rows = ["user,event,time,price"]
    for person in range(6):
        rows.append(f"u{person},view_item,2026-11-20 10:00:00,99")
        rows += [f"u{person},purchase,2026-11-20 11:00:00,99"] * (person < 2)
    file.write_text("\n".join(rows), "utf-8")
    return file


@pytest.fixture
def filled(call: Call, csv: Path) -> Call:
    assert call("project", "add", "Shop")[0] == 0
    code, out, err = call(
        "import", "events", str(csv), "--who", "user=user", "--what", "event", "--when", "time", "--json"
    )
    assert (code, err) == (0, "")
    assert {name: json.loads(out)[name] for name in ("rows", "accepted", "duplicates")} == {
        "rows": 8, "accepted": 8, "duplicates": 0,
    }  # fmt: skip
    return call


def test_a_file_is_looked_at_first_and_loaded_once(filled: Call, csv: Path) -> None:
    code, out, _ = filled("import", "events", str(csv), "--dry-run", "--json")
    assert code == 0
    assert json.loads(out)["guess"]["who"] == {"user": "user"}
    again = filled(
        "import", "events", str(csv), "--who", "user=user", "--what", "event", "--when", "time", "--json"
    )
    assert json.loads(again[1])["duplicates"] == 8


def test_answers_are_the_same_bytes_with_and_without_a_server(filled: Call, tmp_path: Path) -> None:
    alone = filled(*FUNNEL, "--json")
    assert alone[0] == 0
    assert [step["people"] for step in json.loads(alone[1])["result"]["groups"][0]["steps"]] == [6, 2]
    params = tmp_path / "params.json"
    params.write_text(json.dumps(PARAMS))
    assert filled("analyse", "funnel", "--params", str(params), "--json")[1] == alone[1]
    with running(tmp_path / "home") as (api, token):
        reply = api.post(
            "/api/v1/projects/shop/analyses/funnel", json=PARAMS, headers={"Authorization": f"Bearer {token}"}
        )
        assert reply.content == alone[1]
        assert filled(*FUNNEL, "--json")[1] == alone[1]
        assert filled("people", "find", "u1", "--json")[0] == 0


def test_the_command_line_asks_for_terms_of_steps_and_what_is_counted(filled: Call) -> None:
    ask = [
        "analyse",
        "funnel",
        "--step",
        "view_item",
        "--step",
        "add_to_cart",
        "--step",
        "purchase",
        "--last",
        "7d",
    ]
    terms = ["--step-within", "3=1d", "--optional", "2", "--count", "attempts"]
    code, out, err = filled(*ask, *terms, "--json")
    assert code == 0, err
    params = json.loads(out)["params"]
    assert params["steps"][2]["within"] == {"n": 1, "unit": "day"}
    assert [step.get("optional", False) for step in params["steps"]] == [False, True, False]
    assert params["count"] == "attempts"
    code, _, err = filled(*ask, "--optional", "4")
    assert code == 2
    assert "The funnel has 3 steps." in err


def test_the_command_line_asks_for_days_samples_and_what_is_to_come(filled: Call) -> None:
    ask = ["analyse", "trends", "--event", "view_item", "--last", "7d"]
    told = json.loads(
        filled(
            *ask,
            "--usual",
            "--forecast",
            "3",
            "--days",
            "working",
            "--rolling",
            "2",
            "--sample",
            "50",
            "--json",
        )[1]
    )
    kept = {name: told["params"][name] for name in ("forecast", "days", "rolling", "sample", "cumulative")}
    assert kept == {"forecast": 3, "days": "working", "rolling": 2, "sample": 50, "cumulative": False}
    assert told["params"]["usual"] == {"width": 3.5, "history": 8}
    assert len(told["result"]["ahead"]) == 3
    assert [one["code"] for one in told["warnings"]] == ["sampled"]
    code, _, err = filled(*ask, "--cumulative", "--usual")
    assert (code, "bad_outlook" in err) == (2, True), (code, err)


def test_the_command_line_changes_a_project(filled: Call) -> None:
    made = json.loads(filled("project", "list", "--json")[1])["projects"][0]
    changed = json.loads(
        filled("project", "change", made["id"], "--holidays", "DE-BY", "--week-start", "6", "--json")[1]
    )
    assert (changed["holidays"], changed["week_start"], changed["name"]) == ("DE-BY", 6, made["name"])
    code, _, err = filled("project", "change", made["id"], "--holidays", "XX")
    assert (code, "unknown_region" in err) == (2, True), (code, err)


def test_the_command_line_notes_what_happened(filled: Call) -> None:
    sale = ["note", "add", "大促", "--on", "2026-11-11", "--to", "2026-11-13", "--json"]
    made = json.loads(filled(*sale)[1])
    assert (made["on"], made["to"], made["by"]) == ("2026-11-11", "2026-11-13", "local")
    assert "checkout live" in filled("note", "add", "checkout live", "--on", "2026-11-12T09:30")[1].decode()

    def listed(*words: str) -> list[str]:
        found = json.loads(filled("note", "list", *words, "--json")[1])["notes"]
        return [one["text"] for one in found]

    assert listed() == ["checkout live", "大促"]
    assert listed("--from", "2026-11-13") == listed("--to", "2026-11-11") == ["大促"]
    code, _, err = filled("note", "add", "x", "--on", "soon")
    assert (code, "2026-11-11T15:00" in err) == (2, True), (code, err)
    assert filled("note", "remove", made["id"])[0] == 0
    assert listed() == ["checkout live"]
    code, _, err = filled("note", "remove", made["id"])
    assert (code, "no_such_note" in err) == (3, True), (code, err)


def test_the_command_line_saves_lists_and_asks(filled: Call, tmp_path: Path) -> None:
    params = tmp_path / "params.json"
    params.write_text(json.dumps(BUYERS))
    saved = filled("segment", "save", "Buyers", "--params", str(params), "--cell", '{"series": 0}', "--json")
    assert json.loads(saved[1])["count"] == 2, saved
    lines = tmp_path / "ids.txt"
    lines.write_text("u3\nu4\nuser:u9\n")
    assert filled("segment", "save", "Picked", "--file", str(lines), "--type", "user")[0] == 0
    listed = json.loads(filled("segment", "list", "--json")[1])["segments"]
    assert {one["name"]: one["count"] for one in listed} == {"Buyers": 2, "Picked": 2}
    ask = ["analyse", "trends", "--event", "view_item", "--measure", "people", "--grain", "total", "--json"]

    def people(*words: str) -> float:
        code, out, err = filled(*ask, *words)
        assert code == 0, err
        return float(json.loads(out)["result"]["lines"][0]["total"])

    assert people("--segment", "Buyers") == 2
    assert people("--not-segment", "Buyers", "--not-segment", "Picked") == 2
    assert people("--segment", "Buyers", "--segment", "Picked") == 0
    assert json.loads(filled("segment", "people", "Picked", "--json")[1])["total"] == 2
    _, *rows = filled("segment", "export", "Picked")[1].decode().splitlines()
    assert sorted(row.split(",")[2] for row in rows) == ["user:u3", "user:u4"]
    shown = json.loads(filled("segment", "show", "Buyers", "--json")[1])
    assert (shown["kind"], shown["used"]) == ("rule", [])
    assert filled("segment", "delete", "Buyers")[0] == 0
    code, _, err = filled(*ask, "--segment", "Buyers")
    assert (code, "no_such_segment" in err) == (3, True)
    assert filled("segment", "restore", shown["id"])[0] == 0
    assert people("--segment", shown["id"]) == 2


def running(home: Path) -> Any:
    """Serve the data folder on a real port, in a thread."""

    class Running:
        def __enter__(self) -> tuple[httpx.Client, str]:
            settings = Settings(home=home, port=0)
            logs.set_up(settings)
            self.installation = Installation.open(settings, Time())
            ready = threading.Event()
            found: list[str] = []

            def tell(url: str) -> None:
                found.append(url)
                ready.set()

            def serve() -> None:
                server.run(self.installation, tell)

            self.thread = threading.Thread(target=serve)
            self.thread.start()
            assert ready.wait(30)
            self.client = httpx.Client(base_url=found[0], trust_env=False)
            return self.client, self.installation.local_token

        def __exit__(self, *_: object) -> None:
            self.client.close()
            server.stop(self.installation)
            self.thread.join()
            self.installation.close()
            structlog.reset_defaults()

    return Running()


def test_an_earlier_version_comes_back(filled: Call, tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    means = {
        "title": {"en": "Buyers", "zh": "购买人数"},
        "question": {"kind": "trends", "params": BUYERS},
        "figure": "A",
    }
    for title in ("Buyers", "People who bought"):
        kept = means | {"title": {"en": title, "zh": "购买人数"}}
        (folder / "all.yaml").write_text(json.dumps({"metrics": {"buyers": kept}}))
        code, _, err = filled("metrics", "apply", str(folder))
        assert code == 0, err
    code, out, err = filled("metrics", "restore", "buyers", "1")
    assert (code, err) == (0, "")
    assert "version 3 now" in out.decode()
    found = json.loads(filled("metrics", "show", "buyers", "--json")[1])
    assert found["definition"]["title"]["en"] == "Buyers"
    last = found["versions"][0]
    assert (last["version"], last["why"]) == (3, "version 1 restored")
    assert filled("metrics", "remove", "buyers")[0] == 0
    code, _, err = filled("metrics", "restore", "buyers", "2")
    assert code == 3, err  # what was removed has no versions to show
    filled("metrics", "apply", str(folder))
    code, _, err = filled("metrics", "restore", "buyers", "4")
    assert code == 2
    assert "no definition of version 4" in err


def test_help_is_in_the_language_of_the_terminal(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for words in (
        [],
        ["metrics"],
        ["metrics", "restore"],
        ["source", "words"],
        ["analyse", "funnel"],
        ["serve"],
    ):
        monkeypatch.setenv("LANG", "en_GB.UTF-8")
        code, out, _ = call(*words, "--help")
        assert code == 0
        assert "Show this message and exit." in out.decode()
        assert "选项" not in out.decode(), words
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        code, out, _ = call(*words, "-h")
        assert code == 0
        for line in out.decode().splitlines():
            if line.startswith("│") and not line.startswith("│ *"):
                assert CHINESE.search(line), (words, line)


def test_errors_have_words_and_exit_codes(call: Call) -> None:
    assert call("people", "find")[0] == 3
    call("project", "add", "Shop")
    code, out, err = call("people", "show", "nobody", "--json")
    assert (code, out) == (3, b"")
    assert json.loads(err)["error"]["code"] == "no_such_person"
    code, _, err = call("analyse", "funnel", "--step", "a")
    assert code == 2
    assert "steps needs at least 2 entries" in err
    assert call("analyse", "funnel", "--within", "soon")[0] == 2
    assert call("nonsense")[0] == 2
    code, _, err = call("replay", "nothing.json")
    assert code == 2
    assert "nothing.json is not a JSON object" in err
    assert "(answer)" in err


@pytest.mark.parametrize("kind", ANALYSES.all())
def test_no_flag_of_a_question_stands_twice(kind: str) -> None:
    command = commands(lambda *_: None)[kind.replace("_", "-")]
    flags = [flag for option in command.params for flag in (*option.opts, *option.secondary_opts)]
    assert len(set(flags)) == len(flags)


def test_a_parameter_called_like_one_of_every_question_is_reached_by_its_kind() -> None:
    asked: list[Any] = []
    command = commands(lambda _, question, *__: asked.append(question))["paths"]
    command.main(
        ["--anchor", "a", "--split", "b", "--paths-by", "page", "--by", "city"], standalone_mode=False
    )
    assert asked[0]["by"] == [{"property": "page"}]
    assert asked[0]["breakdowns"] == [{"property": "city"}]


def test_values_are_put_together_by_rules_after_a_property() -> None:
    asked: list[Any] = []
    command = commands(lambda _, question, *__: asked.append(question))["pages"]
    command.main(
        ["--page", "page~/goods/*?from=*=> Goods ~/pay/*", "--by", "item.brand~*"], standalone_mode=False
    )
    rules = [{"pattern": "/goods/*?from=*", "name": "Goods"}, {"pattern": "/pay/*"}]
    assert asked[0]["page"] == {"property": "page", "clean": rules}
    assert asked[0]["breakdowns"] == [{"property": "brand", "scope": "item", "clean": [{"pattern": "*"}]}]


def test_losses_of_a_source(call: Call) -> None:
    call("project", "add", "Shop")
    source = json.loads(call("source", "add", "Web", "--json")[1])["id"]
    found = json.loads(call("source", "losses", source, "--days", "3", "--json")[1])
    assert (found["numbered"], found["missing"], len(found["days"])) == (False, 0, 3)
    shown = call("source", "losses", source, "--days", "3")[1].decode()
    assert "missing" in shown
    assert "all" in shown


def test_words_of_a_source(call: Call, tmp_path: Path) -> None:
    call("project", "add", "Shop")
    source = json.loads(call("source", "add", "Web", "--json")[1])["id"]
    at = (source, "posthog")
    shown = call("source", "words", "show", *at)[1].decode()
    assert "$pageview" in shown
    file = tmp_path / "words.toml"
    file.write_bytes(call("source", "words", "export", *at)[1])
    assert call("source", "words", "import", *at, str(file))[0] == 0
    same = json.loads(call("source", "words", "show", *at, "--json")[1])
    assert same["own"] is True
    file.write_text('[events."看商品"]\nevent = "view_item"\n', "utf-8")
    tried = json.loads(call("source", "words", "try", *at, str(file), "--json")[1])
    assert tried == {"arrived": 0, "changed": 0, "names": [], "events": []}
    assert call("source", "words", "import", *at, str(file))[0] == 0
    assert "看商品" in call("source", "words", "show", *at)[1].decode()
    shipped = json.loads(call("source", "words", "reset", *at, "--json")[1])
    assert shipped == {**same, "own": False}
    file.write_text("= no", "utf-8")
    code, _, said = call("source", "words", "import", *at, str(file))
    assert code != 0
    assert "words export" in said


def test_keys_of_vendors(call: Call) -> None:
    call("project", "add", "Shop")
    source = json.loads(call("source", "add", "Web", "--json")[1])["id"]
    call("source", "keys", source, "--add", "acc-1", "--add", "ds-web")
    kept = json.loads(call("source", "keys", source, "--remove", "acc-1", "--json")[1])
    assert kept == {"source": source, "vendor_keys": ["ds-web"]}
    assert "ds-web" in call("source", "keys", source)[1].decode()
    assert call("source", "keys", "none")[0] != 0


def test_users_sources_tokens(call: Call) -> None:
    call("project", "add", "Shop")
    made = json.loads(call("user", "add", "ada@shop.test", "--role", "shop=editor", "--json")[1])
    assert made["password"]
    assert made["roles"] == {"shop": "editor"}
    renewed = json.loads(call("user", "password", "ada@shop.test", "--json")[1])
    assert renewed["password"] not in (None, made["password"])
    assert json.loads(call("source", "add", "Web", "--json")[1])["write_key"].startswith("twk_")
    token = call("token", "add", "--user", "ada@shop.test", "--scope", "write")[1]
    assert token.startswith(b"twp_")
    assert json.loads(call("user", "list", "--json")[1])["users"][0]["email"] == "ada@shop.test"


def test_the_catalog_moves_to_another_database(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = json.loads(call("project", "add", "Shop", "--json")[1])["id"]
    there = f"sqlite:///{tmp_path / 'there.sqlite'}"
    code, said, _ = call("catalog", "copy", there, "--json")
    assert (code, json.loads(said)["projects"]) == (0, 1)
    assert "catalog_not_empty" in call("catalog", "copy", there, "--json")[2]
    monkeypatch.setenv("TIDEWHEEL_CATALOG_URL", there)
    assert [one["id"] for one in json.loads(call("project", "list", "--json")[1])["projects"]] == [project]


def test_doctor_sends_an_event_and_leaves_nothing(call: Call) -> None:
    call("project", "add", "Shop")
    report = json.loads(call("doctor", "--json")[1])
    assert {check["name"]: check["ok"] for check in report["checks"]}["send and see an event"]
    assert [one["id"] for one in json.loads(call("project", "list", "--json")[1])["projects"]] == ["shop"]
    assert not list(Path(Settings().home).glob("projects/self*"))


def test_sql_from_the_terminal(call: Call, csv: Path, tmp_path: Path) -> None:
    assert call("project", "add", "Shop")[0] == 0
    assert call("import", "events", str(csv), "--who", "user", "--what", "event", "--when", "time")[0] == 0
    code, out, _ = call("sql", "select name, count(*) n from events group by name order by n", "--json")
    assert (code, json.loads(out)["rows"]) == (0, [["purchase", 2], ["view_item", 6]])
    assert b"purchase" in call("sql", "query", "select name from events")[1]
    code, out, _ = call("sql", "select $a, $n", "--param", "a=x", "--param", "n:number=3", "--csv")
    assert (code, out.decode("utf-8-sig").split()[-1]) == (0, "x,3")
    file = tmp_path / "answer.arrow"
    assert call("sql", "from events", "--output", str(file))[0] == 0
    assert file.stat().st_size > 0
    assert b"events" in call("sql", "tables")[1]
    code, _, err = call("sql", "drop table events")
    assert code == 2
    assert "sql_read_only" in err
    assert call("sql", "select 1", "--param", "x:what=1")[0] == 2

    assert call("sql", "save", "one", "select $n", "--param", "n:number=1")[0] == 0
    assert call("sql", "save", "one", "select $n + 1", "--param", "n:number=1")[0] == 0
    assert json.loads(call("sql", "list", "--json")[1])["queries"][0]["sql"] == "select $n + 1"
    assert json.loads(call("sql", "run", "one", "--json")[1])["rows"] == [[2]]
    assert json.loads(call("sql", "run", "one", "--param", "n=5", "--json")[1])["rows"] == [[6]]
    assert call("sql", "delete", "one")[0] == 0
    assert call("sql", "run", "one")[0] == 3
