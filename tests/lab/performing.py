"""Performs single steps on a practice server with the runner's own code, outside a run: for the tests of the steps."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from golive.lab import PracticeServer
from golive.protocol.codec import encode_plan, encode_request
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import HostPlan, Step, kind_of
from golive.transport.bundle import sources

ZIP = "var/tmp/perform.zip"

MAIN = b"""
import json, os, shutil, sys, time
from golive.protocol.codec import decode_plan, decode_request
from golive.protocol.steps import kind_of
from golive.runner.conceal import Concealer
from golive.runner.context import Context
from golive.runner.failure import failure_of
from golive.runner.journal import Journal
from golive.runner.stopping import Stopping

def main():
    if sys.argv[1] == "drain":
        from golive.runner.drain import drain
        return drain(sys.argv[2])
    if sys.argv[1] == "probe":
        from golive.runner.probe import gather
        request = decode_request(json.load(sys.stdin))
        started = time.monotonic()
        facts = gather(request)
        return print(json.dumps([facts, time.monotonic() - started]))
    from golive.runner.perform import PERFORM
    plan = decode_plan(sys.stdin.buffer.read())
    folder = "/var/tmp/perform-run"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    if os.path.exists("/var/tmp/pack"):
        os.rename("/var/tmp/pack", folder + "/pack")
    context = Context(plan, folder, Journal(folder, Concealer(()), Stopping()), {}, True)
    told = []
    for step in plan.steps:
        context.begin(step)
        started = time.monotonic()
        try:
            changed = PERFORM[kind_of(step.action)](step.action, context)
            result = {"changed": changed, "outputs": context.outputs.get(step.id, {})}
        except Exception as error:
            result = failure_of(error, context.tail)._asdict()
        told.append(dict(result, seconds=time.monotonic() - started))
        if "code" in result:
            break
    print(json.dumps(told))

main()
"""


def ship(server: PracticeServer) -> None:
    """The runner's files are on the server, with a main program that performs what it reads."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for path, content in sources():
            if path != "__main__.py":
                files.writestr(path, content)
        files.writestr("__main__.py", MAIN)
    (Path(server.root) / ZIP).write_bytes(archive.getvalue())


def perform(
    server: PracticeServer, *actions: Any, app: str = "twin", release: int = 1, timeout: float = 600
) -> list[dict]:
    """What came of each action: ``changed`` and ``outputs``; of one that failed ``code``, ``params`` and ``output``."""
    named = ((f"{number}-{kind_of(action)}", action) for number, action in enumerate(actions))
    steps = tuple(Step(name, action, "build", "w") for name, action in named)
    plan = HostPlan(app, "deploy", steps, "", (), ProbeRequest(), 1)
    done = server.run(
        ["python3", "-I", f"/{ZIP}", "perform"], input=encode_plan(plan).decode("utf-8"), timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def probe(server: PracticeServer, request: ProbeRequest) -> tuple[dict[str, Any], float]:
    """The facts, and the seconds that gathering them took."""
    done = server.run(["python3", "-I", f"/{ZIP}", "probe"], input=json.dumps(encode_request(request)))
    facts, seconds = json.loads(done.stdout)
    return facts, seconds
