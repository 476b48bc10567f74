"""``python -m bench``: questions against other engines, ingest, and how soon an event is seen."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from bench import alone, ingest, protocols, questions_run, report
from bench.held import held
from bench.machine import machine

HERE = Path(__file__).parent


def main() -> None:
    """Run the parts asked for; each writes one file of results, then the tables are made anew."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[5_000_000], help="sizes of the world")
    parser.add_argument("--turns", type=int, default=5, help="times each engine answers each question")
    parser.add_argument("--engines", nargs="*", default=list(questions_run.ENGINES))
    parser.add_argument(
        "--data", type=Path, default=HERE.parent / "data" / "bench", help="where worlds are kept"
    )
    parser.add_argument(
        "--skip", nargs="*", default=[], choices=["questions", "alone", "ingest", "protocols"]
    )
    asked = parser.parse_args()
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    found = {"machine": machine(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    if "questions" not in asked.skip:
        for events in asked.events:
            said = questions_run.run(asked.data / str(events), events, asked.engines, asked.turns)
            (results / f"questions-{events}.json").write_text(json.dumps(found | said, indent=1) + "\n")
    if "alone" not in asked.skip:
        for events in asked.events:
            said = alone.run(asked.data / str(events), events)
            (results / f"alone-{events}.json").write_text(json.dumps(found | said, indent=1) + "\n")
    if "ingest" not in asked.skip:
        (results / "ingest.json").write_text(
            json.dumps(found | ingest.run(asked.data / "ingest"), indent=1) + "\n"
        )
    if "protocols" not in asked.skip:
        (results / "protocols.json").write_text(
            json.dumps(found | protocols.run(asked.data / "protocols"), indent=1) + "\n"
        )
    report.write(results)
    print(*held(results), sep="\n")


if __name__ == "__main__":
    main()
