"""One user of this computer: root, or one without rights. Everything of theirs is below a home of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

ROOT = os.geteuid() == 0
NOBODY = 65534
CARRIED = ("PIP_", "UV_", "SSL_CERT", "REQUESTS_CA", "HTTP", "NO_PROXY", "http", "no_proxy")
DEVELOPERS = ("mypy", "ruff", "hypothesis", "babel", "uv", "_pytest", "mypyc", "setuptools", "pip")

APP = '''\
import json
import os
import sys
import time
from pathlib import Path

from flask import Flask, Response, request

app = Flask(__name__)
VERSION = "one"


@app.get("/")
def index():
    return VERSION


@app.get("/slow")
def slow():
    time.sleep(2)
    return VERSION


@app.post("/echo")
def echo():
    return Response(request.get_data(), mimetype="application/octet-stream")


@app.get("/stream")
def stream():
    return Response((f"{number}\\n" for number in range(3)), mimetype="text/plain")


@app.get("/headers")
def headers():
    return dict(request.headers)


@app.get("/attempts")
def attempts():
    """What this app could write if it wanted to."""
    code, environment = Path(__file__).parent, Path(sys.prefix)
    told = {}
    for name, path in (("new", code / "new"), ("own", Path(__file__)), ("environment", environment / "new")):
        try:
            with path.open("a"):
                told[name] = "written"
        except OSError as error:
            told[name] = error.strerror
    told["variables"] = {name: os.environ.get(name) for name in ("PATH", "VIRTUAL_ENV", "GREETING")}
    told["supervisor"] = [name for name in os.environ if name.startswith(("SUPERVISOR", "GOLIVE_LOCAL"))]
    return json.dumps(told)


@app.get("/note/<text>")
def note(text):
    folder = Path(app.instance_path)
    with (folder / "notes.txt").open("a") as stream:
        stream.write(text + "\\n")
    return "noted"


@app.get("/notes")
def notes():
    return (Path(app.instance_path) / "notes.txt").read_text()
'''


@dataclass
class Person:
    """``prefix``: what makes a command theirs. ``python``: an interpreter with golive that they may run."""

    home: Path
    app: Path
    prefix: tuple[str, ...]
    python: Path
    variables: dict[str, str]
    port: int = 0
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def golive(self, *words: str, ok: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run golive to its end; OK: it has to go well."""
        how = self.how() | more
        if "input" in more:
            del how["stdin"]
        done = subprocess.run(self.argv(*words), **how, capture_output=True, timeout=300, check=False)
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done

    def begin(self, *words: str, **more: Any) -> subprocess.Popen[str]:
        """Start golive, and leave it running."""
        process = subprocess.Popen(
            self.argv(*words), **self.how(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more
        )
        self.started.append(process)
        return process

    def argv(self, *words: str) -> list[str]:
        return [*self.prefix, str(self.python), "-m", "golive", *words]

    def how(self) -> dict[str, Any]:
        return {"cwd": self.app, "env": self.variables, "text": True, "stdin": subprocess.DEVNULL}

    def up(self, *, ok: bool = True) -> dict[str, Any]:
        """Take the app live; the last event of ``--json``."""
        done = self.golive("up", "--yes", "--json", ok=ok)
        last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        if last["url"]:
            self.port = int(last["url"].rpartition(":")[2])
        return last

    def visit(self, path: str = "/", **fields: str) -> str:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=fields)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return str(answer.read().decode())

    def rewrite(self, before: str, after: str) -> None:
        """The person edits the app."""
        file = self.app / "app.py"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))

    @property
    def local(self) -> Path:
        """Where golive keeps what is live on this computer."""
        return self.home / ".local/share/golive/local"

    def processes(self) -> dict[int, str]:
        """The command lines of everything that runs from this home."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if str(self.local) in line or str(self.home) in line:
                found[int(folder.name)] = line
        return found

    def supervisor(self) -> int:
        return next(number for number, line in self.processes().items() if "supervisor.supervisord" in line)


class Visitors:
    """People who come again and again while something happens."""

    def __init__(self, someone: Person, path: str = "/") -> None:
        self._someone = someone
        self._path = path
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._come) for _ in range(3)]
        self.answers: list[str] = []
        self.failures: list[str] = []

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _come(self) -> None:
        while not self._stop.is_set():
            connection = HTTPConnection("127.0.0.1", self._someone.port, timeout=30)
            try:
                connection.request("GET", self._path)
                answer = connection.getresponse()
                body = answer.read().decode()
                (self.answers if answer.status == 200 else self.failures).append(body)
            except OSError as error:
                self.failures.append(repr(error))
            finally:
                connection.close()
            self._stop.wait(0.01)


@contextmanager
def person(user: str, proxy: str, factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody with a home, an app in it and golive. Whatever is theirs at the end is ended and removed."""
    # Short: sockets live below it. Not below pytest's own folder, which only root may enter.
    home = Path(tempfile.mkdtemp(prefix="gl", dir="/tmp"))
    app = home / "shop"
    app.mkdir()
    (app / "app.py").write_text(APP)
    (app / "requirements.txt").write_text("flask\n")
    (app / "instance").mkdir()
    (app / "instance" / "notes.txt").write_text("seeded\n")
    variables = {
        **{name: value for name, value in os.environ.items() if name.startswith(CARRIED)},
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PIP_CACHE_DIR": str(home / "pip-cache"),
        "GOLIVE_MIRRORS": "own",
        "GOLIVE_NGINX": "" if proxy == "nginx" else "no",
    }
    if proxy == "nginx" and not shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"):
        pytest.skip("no nginx is installed here")
    plain = user == "plain" and ROOT
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if plain else ()
    if plain:
        python = python_for_all(factory)
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    else:
        python = Path(sys.executable)
    someone = Person(home, app, prefix, python, variables)
    try:
        yield someone
    finally:
        for process in someone.started:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        end(someone)


def end(someone: Person) -> None:
    """Nothing of theirs runs any more."""
    for number in sorted(
        someone.processes(), key=lambda number: "supervisord" not in someone.processes().get(number, "")
    ):
        try:
            # nginx's workers have no name that leads here, but they are in its group.
            leads = os.getpgid(number) == number
            (os.killpg if leads else os.kill)(number, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for path in (someone.home, *someone.home.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(someone.home, ignore_errors=True)


def python_for_all(factory: pytest.TempPathFactory) -> Path:
    """An interpreter with golive that a user without rights may run: this one, or one beside it."""
    become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    # By a shell of theirs: setpriv itself still has root's rights when it looks for a program.
    tried = (*become, "sh", "-c", 'exec "$0" -c "import golive"', sys.executable)
    try:
        if subprocess.run(tried, cwd="/", capture_output=True, check=False).returncode == 0:
            return Path(sys.executable)
    except PermissionError:
        pass
    place = factory.getbasetemp() / "for-all"
    folder = Path(tempfile.gettempdir()) / f"golive-tests-{os.getpid()}"
    if not place.exists():
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        system = shutil.which(version, path="/usr/bin:/usr/local/bin")
        if not system:
            pytest.skip(f"no {version} that everybody may run")
        subprocess.run([system, "-m", "venv", "--without-pip", str(folder)], check=True)
        inside = folder / "lib" / version / "site-packages"
        for package in Path(site.getsitepackages()[0]).iterdir():
            if not package.name.startswith(DEVELOPERS) and package.suffix != ".pth":
                copy = shutil.copytree if package.is_dir() else shutil.copy2
                copy(package, inside / package.name)
        source = Path(__file__).parents[2] / "src" / "golive"
        shutil.rmtree(inside / "golive", ignore_errors=True)
        shutil.copytree(source, inside / "golive", ignore=shutil.ignore_patterns("__pycache__"))
        place.symlink_to(folder)
        import atexit

        atexit.register(shutil.rmtree, folder, True)
    return folder / "bin" / "python"


def wait_until(true: Any, seconds: float = 30.0) -> None:
    """Look again until it is TRUE."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
