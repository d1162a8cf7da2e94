"""``golive run``: a program in the live release's environment, at the person's own ends."""

from __future__ import annotations

from pathlib import Path

from golive.config import load
from golive.detect import slug_for
from golive.engine.login import chosen_host, connected
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import HostError, Refused
from golive.transport.terminal import Ends, Opening


def run(folder: Path, request: Request, opening: Opening, ends: Ends, reporter: Reporter) -> int:
    """The program's exit status, 128 + N for signal N.

    Raises GoliveError; Refused ``not-deployed``, ``release-incomplete``, ``program-not-found`` or ``program-refused``
    if it never ran, HostError ``program-cut-off`` when the connection went.
    """
    settings = load(folder)
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    with connected(host, request, reporter) as session:
        try:
            ended = session.transport.terminal(slug, opening, ends)
        except HostError as error:
            if error.code != "connection-lost":
                raise
            raise HostError("program-cut-off", host=host.name) from None
    if "status" in ended:
        return int(ended["status"])
    params = {name: tuple(value) if isinstance(value, list) else value for name, value in ended["params"].items()}
    raise Refused(str(ended["code"]), **{**params, "host": host.name})
