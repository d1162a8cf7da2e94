"""An intruder in an app gets the app's own data, nothing else of the server. Just-in-time compilers still work."""

from __future__ import annotations

import json
import re
from pathlib import Path

from person import User, ask, write_app

PROBING_APP = '''\
import ctypes
import json
import mmap
import os
import subprocess

from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "answer {version}"


def allowed(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "allowed"


def make_code_at_run_time():
    """What numba and PyPy do: a page that is first written and then run (x86-64: mov eax, 42; ret)."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\\xb8\\x2a\\x00\\x00\\x00\\xc3")
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    assert function() == 42


@app.route("/probe")
def probe():
    here = os.path.dirname(os.path.abspath(__file__))
    return json.dumps(
        {
            "own temporary file": allowed(lambda: open("/tmp/x", "w").close()),
            "code at run time": allowed(make_code_at_run_time) if os.uname().machine == "x86_64" else "allowed",
            "a child process": allowed(lambda: subprocess.run(["true"], check=True)),
            "its own code": allowed(lambda: open(os.path.join(here, "app.py"), "a").close()),
            "the system": allowed(lambda: open("/etc/x", "w").close()),
            "the env store": allowed(lambda: open("/srv/golive/tiny/env.json").close()),
            "another app's folder": allowed(lambda: os.listdir("/srv/golive/other")),
            "another app's socket folder": allowed(lambda: os.listdir("/run/golive/other")),
            "root's home": allowed(lambda: os.listdir("/root")),
            "becoming root": allowed(lambda: os.setuid(0)),
            "other users' processes": allowed(lambda: os.stat("/proc/1/status")),
        }
    )
'''

MAY = {"own temporary file", "code at run time", "a child process"}


def test_the_app_reaches_its_own_and_nothing_else(user: User, tmp_path: Path) -> None:
    app = write_app(tmp_path / "tiny", 1, PROBING_APP)
    user.server.run(["install", "-d", "-m", "0750", "/srv/golive/other", "/run/golive/other"])
    said = user.golive("up", str(app))
    assert said.status == 0, said.text

    status, text = ask(user.server.address, "/probe")
    assert status == 200, text
    found = json.loads(text)
    assert {name for name, answer in found.items() if answer == "allowed"} == MAY, found


def test_systemd_rates_the_unit_as_safe(live: User) -> None:
    told = live.server.run(["systemd-analyze", "security", "--no-pager", "golive-tiny-web-1@1.service"]).stdout
    rating = re.search(r"exposure level for .*: ([\d.]+)", told)
    assert rating is not None
    assert float(rating[1]) <= 2.0
