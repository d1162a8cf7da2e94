"""Going back to the release before: the command that is typed when things are on fire."""

from __future__ import annotations

from bench.measure import take_turns, timing_columns, timing_rows
from bench.report import Section
from bench.workshop import GUESTBOOK, Workshop


def measure(shop: Workshop, rounds: int) -> Section:
    """Roll the guestbook back and forth between two releases."""
    server = shop.guestbook
    app = shop.copy(GUESTBOOK)
    page = app / "guestbook" / "templates" / "base.html"
    page.write_text(page.read_text("utf-8") + "<!-- another release -->\n", "utf-8")
    shop.golive("up", server, app)

    def rollback() -> None:
        shop.golive("rollback", server, app)

    samples = take_turns({"golive rollback": rollback}, rounds)
    return Section(
        "Rollback of the guestbook",
        timing_columns("golive rollback"),
        timing_rows(samples, "golive rollback"),
        ("From Enter to the old pages answering again, connection included (aim: below 1 s).",),
    )
