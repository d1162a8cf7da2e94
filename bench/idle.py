"""Nothing to change on a provisioned host: the everyday case, and pure overhead."""

from __future__ import annotations

from collections.abc import Callable

from bench.commands import BenchError, call
from bench.measure import Samples, ratio, take_turns, timing_columns, timing_rows
from bench.peers import configurators
from bench.peers.resources import collect
from bench.report import Section
from bench.workshop import GUESTBOOK, Workshop


def measure(shop: Workshop, rounds: int) -> Section:
    """golive, pyinfra and Ansible on the same host, and the floor: an ``ssh`` that does nothing."""
    server = shop.guestbook
    app = shop.copy(GUESTBOOK)
    resources = shop.folder / "resources"
    resources.mkdir(exist_ok=True)
    floor = [*shop.ssh(server), "true"]
    call(floor)
    count = collect(server, resources)

    def up() -> None:
        if shop.golive("up", server, app)["changed"]:
            raise BenchError("golive up found something to change")

    contenders: dict[str, Callable[[], None]] = {
        "golive up": up,
        "golive plan": lambda: _ignore(shop.golive("plan", server, app)),
        "pyinfra": configurators.Pyinfra(shop, server, resources),
        "Ansible": configurators.Ansible(shop, server, resources),
        "Ansible, gathering off": configurators.Ansible(shop, server, resources, "explicit"),
        "ssh HOST true": lambda: _ignore(call(floor)),
    }
    samples = take_turns(contenders, rounds)
    return Section(
        "Nothing to change on a provisioned host",
        timing_columns("golive up"),
        timing_rows(samples, "golive up"),
        (
            f"{count} resources for pyinfra and Ansible: packages, users, folders, files, a link, units.",
            _against(samples, "pyinfra", 6),
            _against(samples, "Ansible", 25),
        ),
    )


def _against(samples: list[Samples], peer: str, target: int) -> str:
    by_name = {sample.contender: sample for sample in samples}
    times = ratio(by_name[peer], by_name["golive up"])
    return f"{peer} takes {times:.1f} times as long as golive up (aim: at least {target})."


def _ignore(_: object) -> None:
    """For a contender whose answer does not matter."""
