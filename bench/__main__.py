"""``make bench``, or ``bench/run [MEASUREMENT...]``: measure, show, and write results.md."""

from __future__ import annotations

import argparse
import datetime
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from bench import first, footprint, idle, redeploy, rollback
from bench.commands import BenchError
from bench.peers import configurators
from bench.report import Section, as_text, machine, page
from bench.workshop import Workshop, workshop
from golive.errors import GoliveError

# In this order: the idle host is looked at before anything else happens to it.
MEASUREMENTS: dict[str, tuple[Callable[[Workshop, int], Section], int]] = {
    "idle": (idle.measure, 5),
    "redeploy": (redeploy.measure, 5),
    "rollback": (rollback.measure, 5),
    "footprint": (footprint.measure, 5),
    "first": (first.measure, 3),
}
RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    """Returns 1 if a contender failed, 0 otherwise; slow is not failed."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("measurement", nargs="*", metavar="MEASUREMENT", help=f"of: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--rounds", type=int, help="how often each contender has its turn")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.measurement) - set(MEASUREMENTS))
    if unknown or (chosen.rounds is not None and chosen.rounds < 1):
        parser.error(f"unknown measurement: {', '.join(unknown)}" if unknown else "--rounds: at least 1")
    if os.geteuid() != 0:
        parser.error("practice servers need root")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are taken down
    names = chosen.measurement or list(MEASUREMENTS)
    sections = measure_all(names, chosen.rounds)
    if len(sections) == len(MEASUREMENTS):
        RESULTS.write_text(page(sections, versions(names), datetime.date.today().isoformat()), "utf-8")
        _say(f"Written: bench/{RESULTS.name}")
    return 0 if len(sections) == len(names) else 1


def measure_all(names: list[str], rounds: int | None) -> list[Section]:
    """Measure, show each table as soon as it stands, and go on when a contender fails."""
    _say(machine() + "\n")
    sections: list[Section] = []
    with workshop() as shop:
        for name in names:
            measure, usual = MEASUREMENTS[name]
            _say(f"... {name}")
            try:
                section = measure(shop, rounds or usual)
            except (BenchError, GoliveError) as error:
                _say(f"{name}: {error}\n")
                continue
            sections.append(section)
            _say(as_text(section))
    return sections


def versions(names: list[str]) -> list[str]:
    """The peers' releases, as far as they were measured."""
    return [f"Peers: {configurators.versions()}."] if "idle" in names else []


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
