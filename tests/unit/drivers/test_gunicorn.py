"""How many workers fit a host, and a command that every Gunicorn understands."""

from __future__ import annotations

import pytest

from golive.drivers.appserver.gunicorn import Size, command, size_for
from golive.protocol.facts import Facts


def host(cores: int, megabytes: int) -> Facts:
    return Facts({"cores": cores, "memory": {"total": megabytes * 1024}})


@pytest.mark.parametrize(
    ("cores", "megabytes", "workers"),
    [(1, 4096, 2), (2, 4096, 2), (8, 65536, 8), (64, 512_000, 16), (4, 512, 2), (2, 1024, 2), (1, 100, 1)],
)
def test_workers_follow_the_cores_as_far_as_half_of_the_memory_goes(cores: int, megabytes: int, workers: int) -> None:
    size = size_for(host(cores, megabytes), 0, 0)
    assert (size.workers, size.threads) == (workers, 4)
    assert size.reason.startswith(f"{workers} workers")


def test_golive_toml_has_the_last_word() -> None:
    facts = host(2, 512)
    assert size_for(facts, 12, 8) == Size(12, 8, "12 workers, as golive.toml says")
    assert facts.consulted == ()


def test_the_command_names_the_program_by_its_path_and_the_app_last() -> None:
    argv = command("/envs/k", "shop:create_app()", "/run/x.sock", "/run/scratch", Size(2, 4, ""))
    assert (argv[0], argv[-1]) == ("/envs/k/bin/gunicorn", "shop:create_app()")
    assert argv[argv.index("--bind") + 1] == "unix:/run/x.sock"
    assert argv[argv.index("--workers") + 1] == "2"
