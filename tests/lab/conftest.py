"""Practice servers as fixtures. Every server of a test is gone when the test is over."""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from golive.drivers.appserver import gunicorn
from golive.errors import Refused
from golive.lab import Lab, PracticeServer
from golive.lab.requirements import require_machine
from person import User, write_app

Factory = Callable[..., PracticeServer]
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that uses a server says so with its marker."""
    for item in items:
        if {"lab", "server", "provisioned", "server_factory"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.server)


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Whoever starts the tests in the background of a script has them, and all that they start, ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The machine's lab. Where there can be none the tests are skipped, but not on CI: there it is a failure."""
    try:
        require_machine()
    except Refused as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no practice servers here: {error}")
    lab = Lab()
    for server in lab.list():
        _sweep(lab, server.name)
    yield lab
    lab.down_all(_prefix())


@pytest.fixture
def server_factory(lab: Lab) -> Iterator[Factory]:
    """Starts servers: ``server_factory(suite="trixie", memory=512)``."""
    started: list[str] = []

    def start(**settings: object) -> PracticeServer:
        name = f"{_prefix()}{next(_numbers)}"
        started.append(name)
        return lab.up(name, **settings)  # type: ignore[arg-type]

    yield start
    for name in started:
        if lab.folder(name).exists():
            lab.down(name)


@pytest.fixture
def server(server_factory: Factory) -> PracticeServer:
    """A fresh Debian 12."""
    return server_factory()


@pytest.fixture
def layer(lab: Lab) -> str:
    """The name of a layer with nginx, git and python3-venv, for ``server_factory(layer=layer)``."""
    lab.ensure_layer("provisioned", prepare=_provision)
    return "provisioned"


@pytest.fixture
def provisioned(server_factory: Factory, layer: str) -> PracticeServer:
    """A Debian 12 on which nginx, git and python3-venv are installed already."""
    return server_factory(layer=layer)


@pytest.fixture
def ready(lab: Lab) -> str:
    """The name of a layer with everything that a first deploy of the tiny app installs: the packages and its
    environment, which every test would build again, and nothing else of it."""
    name = f"ready-{sha256(gunicorn.REQUIREMENT.encode()).hexdigest()[:8]}"
    lab.ensure_layer(name, prepare=_install_everything)
    return name


def _install_everything(server: PracticeServer) -> None:
    with tempfile.TemporaryDirectory() as folder:
        said = User(Path(folder) / "home", server).golive("up", str(write_app(Path(folder) / "tiny")))
    assert said.status == 0, said.text
    server.run(["sh", "-c", _KEEP_THE_ENVIRONMENT])


_KEEP_THE_ENVIRONMENT = """\
systemctl disable --now golive-tiny.service 'golive-tiny-web-1@1.service'
cd /srv/golive/tiny && find . -mindepth 1 -maxdepth 1 ! -name envs -exec rm -rf {} +
rm -rf /etc/systemd/system/golive-* /etc/nginx/conf.d/golive-* /var/lib/golive/runner-* /run/golive
systemctl daemon-reload && systemctl reload nginx && apt-get clean
"""


def _provision(server: PracticeServer) -> None:
    server.run(["apt-get", "update", "-q"], timeout=300)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    server.run(["apt-get", "install", "-q", "-y", "nginx", "git", "python3-venv"], timeout=600, env=quiet)
    server.run(["apt-get", "clean"])


def _prefix() -> str:
    return f"test-{os.getpid()}-"


def _sweep(lab: Lab, name: str) -> None:
    """Remove a server of a test run that was killed."""
    kind, _, rest = name.partition("-")
    pid = rest.partition("-")[0]
    if kind == "test" and pid.isdigit() and not Path("/proc", pid).exists():
        lab.down(name)


@pytest.fixture
def user(server_factory: Factory, ready: str, tmp_path: Path) -> User:
    """A person with a provisioned server, on which the tiny app's environment is built already, and an empty home."""
    return User(tmp_path / "home", server_factory(layer=ready))


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The folder of a tiny app that says ``answer 1``."""
    return write_app(tmp_path / "tiny")


@pytest.fixture
def live(user: User, app: Path) -> User:
    """A person whose tiny app is live as release 1."""
    said = user.golive("up", str(app))
    assert said.status == 0, said.text
    return user
