"""The power is cut at random moments of redeploys, while visitors write rows into the app's SQLite database."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from golive.lab import PracticeServer
from moments import Site, until
from person import User, ask, write_app

CUTS = 10
"""Twice: each of two servers loses power so often."""

NOTES = """\
import sqlite3

from flask import Flask

app = Flask(__name__)


def database():
    found = sqlite3.connect("notes.db", timeout=10)
    # Without it SQLite may lose the last commit with the power: https://sqlite.org/pragma.html#pragma_synchronous
    found.execute("PRAGMA synchronous = EXTRA")
    found.execute("CREATE TABLE IF NOT EXISTS note (number INTEGER PRIMARY KEY)")
    return found


@app.route("/")
def index():
    return "answer {version}"


@app.route("/write/<int:number>")
def write(number):
    connection = database()
    with connection:
        connection.execute("INSERT INTO note VALUES (?)", (number,))
    connection.close()
    return "kept"


@app.route("/read")
def read():
    return " ".join(str(number) for (number,) in database().execute("SELECT number FROM note ORDER BY number"))
"""


@pytest.fixture
def fragile(server_factory: Callable[..., PracticeServer], layer: str, tmp_path: Path) -> User:
    """A person with a provisioned server that can lose power."""
    return User(tmp_path / "home", server_factory(layer=layer, disk=1024))


@contextmanager
def writing(address: str, kept: list[int]) -> Iterator[None]:
    """Somebody writes numbers all the time; KEPT gets those that the app has said to have kept."""
    over = threading.Event()

    def write() -> None:
        number = max(kept, default=0)
        while not over.wait(0.02):
            number += 1
            if ask(address, f"/write/{number}") == (200, "kept"):
                kept.append(number)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("server", [1, 2])
def test_a_power_cut_at_any_moment_of_a_redeploy_leaves_the_old_or_the_new_release(
    fragile: User, tmp_path: Path, server: int
) -> None:
    seed = int(os.environ.get("GOLIVE_SEED") or random.randrange(1_000_000))
    print(f"GOLIVE_SEED={seed}")
    chance = random.Random(seed + server)
    address, site, kept = fragile.server.address, Site(fragile.server, "notes"), [0]
    folder = write_app(tmp_path / "notes", 1, NOTES)
    assert fragile.golive("up", str(folder)).status == 0
    write_app(folder, 2, NOTES)
    began = time.monotonic()
    assert fragile.golive("up", str(folder)).status == 0
    usual = time.monotonic() - began
    live = 2

    for _ in range(CUTS):
        write_app(folder, live + 1, NOTES)
        with writing(address, kept):
            client = fragile.start("up", str(folder))
            until(lambda: len(kept) > 1, "a first row")
            time.sleep(chance.uniform(0, usual))  # the fault itself: any moment of the run, or just after it
            fragile.server.power_cut()
            client.kill()
            client.communicate()

        until(lambda: ask(address)[0] == 200, "the site is back after the boot")
        _, text = ask(address)
        assert text in (f"answer {live}", f"answer {live + 1}")
        rows = {int(number) for number in ask(address, "/read")[1].split()}
        assert set(kept[1:]) <= rows, "what the app has said to have kept is kept"
        assert (site.folder / "current").readlink().name == str(site.current)
        live = int(text.split()[1])

        # The next command, with the same code: it takes back or finishes what was begun and goes on.
        said = fragile.golive("up", str(folder))
        assert said.status == 0, said.text
        live = int((folder / "app.py").read_text().partition("answer ")[2].partition('"')[0])
        assert ask(address) == (200, f"answer {live}")
        site.wait_at_rest()
    assert len(kept) > CUTS
