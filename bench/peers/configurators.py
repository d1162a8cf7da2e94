"""pyinfra 3 and Ansible, installed by the bench into an environment of its own, outside of the checkout."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import mkdtemp

from bench.commands import BenchError, call
from bench.workshop import Workshop, bench_home
from golive.lab import PracticeServer

HERE = Path(__file__).resolve().parent
REQUIREMENTS = ("pyinfra>=3,<4", "ansible-core")
ANSIBLE_CFG = """\
[defaults]
host_key_checking = False
interpreter_python = /usr/bin/python3
[ssh_connection]
pipelining = True
"""


def environment() -> Path:
    """The folder with the peers' programs; installed now if it is missing."""
    venv = bench_home() / "peers"
    complete = venv / "complete"
    if not complete.exists():
        call([sys.executable, "-m", "venv", "--clear", venv])
        call([venv / "bin" / "pip", "install", "--quiet", *REQUIREMENTS])
        complete.touch()
    return venv / "bin"


def versions() -> str:
    """Which releases of them are measured."""
    listed = call([environment() / "python", "-m", "pip", "freeze"]).splitlines()
    return ", ".join(line.replace("==", " ") for line in listed if line.startswith(("pyinfra==", "ansible-core==")))


class Pyinfra:
    """``pyinfra inventory deploy`` against one server."""

    def __init__(self, shop: Workshop, server: PracticeServer, resources: Path) -> None:
        self._program = environment() / "pyinfra"
        self._inventory = resources / "inventory.py"
        data = {
            "ssh_user": "root",
            "ssh_key": str(server.key_path),
            "ssh_known_hosts_file": str(shop.known_hosts(server)),
            "resources": str(resources / "resources.json"),
        }
        self._inventory.write_text(f"hosts = [({server.address!r}, {data!r})]\n", "utf-8")

    def __call__(self) -> None:
        """Once; raises BenchError if there was something to change."""
        said = call([self._program, "--yes", self._inventory, HERE / "pyinfra_deploy.py"])
        changed = changed_operations(said)
        if changed:
            raise BenchError(f"pyinfra found something to change: {', '.join(changed)}")


def changed_operations(said: str) -> list[str]:
    """The operations that pyinfra's last table does not count as "no change"; "?" if there is no such table."""
    table = said.partition("Results:")[2]
    rows = re.findall(r"^ +(\S.*?)  +(\d+) +(\S+) +(\S+) +(\S+) *$", table, re.MULTILINE)
    return [name for name, count, *outcome in rows if outcome != ["-", "-", count]] if rows else ["?"]


class Ansible:
    """``ansible-playbook`` against one server, pipelining on; no connection is kept from an earlier run.

    ``gathering``: "implicit" is its default, a look at the whole host first; nothing in the playbook needs it.
    """

    def __init__(self, shop: Workshop, server: PracticeServer, resources: Path, gathering: str = "implicit") -> None:
        self._shop, self._server, self._resources = shop, server, resources
        self._gathering = gathering
        self._program = environment() / "ansible-playbook"
        self._config = resources / "ansible.cfg"
        self._config.write_text(ANSIBLE_CFG, "utf-8")

    def __call__(self) -> None:
        """Once; raises BenchError if there was something to change."""
        control = mkdtemp(prefix="control-", dir=self._shop.folder)
        env = {
            **os.environ,
            "ANSIBLE_CONFIG": str(self._config),
            "ANSIBLE_HOME": str(self._shop.folder / "ansible"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": control,
            "ANSIBLE_SSH_COMMON_ARGS": " ".join(self._shop.ssh_options(self._server)),
            "ANSIBLE_GATHERING": self._gathering,
            "ANSIBLE_NOCOLOR": "1",
        }
        hosts = [
            "--inventory",
            f"{self._server.address},",
            "--user",
            "root",
            "--private-key",
            str(self._server.key_path),
        ]
        given = ["--extra-vars", f"@{self._resources / 'resources.json'}"]
        said = call([self._program, *hosts, *given, HERE / "ansible_playbook.yml"], env=env)
        if "changed=0 " not in said or "failed=0 " not in said:
            raise BenchError("Ansible found something to change:\n" + said[-2000:])
