"""The runner's commands: ``python3 -I runner.zip COMMAND``, started by the controller over SSH, or by systemd.

======================  ================================================================================
probe                   stdin: a request; stdout: the facts
run                     stdin: a plan; starts it, then tells its events
attach RUN APP [OFFSET] tells the events of a run from a byte of its journal on
recover APP             brings an unfinished run to its end, telling its events
terminal APP            stdin, stdout: a program of the app's live release at a terminal or in a pipeline
work APP TOKEN          the worker itself (TOKEN of the run, or ``recover``); ``--after``: clean up behind one
drain SPEC              what the drain unit runs
======================  ================================================================================

Twin: ``golive.transport`` sends these. Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import json
import os
import sys
from typing import List, Optional, Sequence

from golive.protocol.codec import MalformedMessage, decode_request, read_frames
from golive.runner.layout import host_layout, local_layout


def main(arguments: Optional[Sequence[str]] = None, launch: Sequence[str] = ()) -> int:
    """Do one command. LAUNCH: how to start this runner again. Returns the exit status; 64 for a wrong command."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    launch = list(launch) or [sys.executable, "-I", os.path.abspath(sys.argv[0])]
    os.umask(0o022)
    command = words.pop(0) if words else ""
    if command == "probe" and not words:
        return _probe()
    if command == "terminal" and len(words) == 1:
        from golive.runner.terminal import serve

        # On the user's own computer the app is the user's.
        return serve(host_layout(), words[0], user="" if local_layout() is None else str(os.geteuid()))
    if command == "drain" and len(words) == 1:
        from golive.runner.drain import drain

        drain(words[0])
        return 0
    if command == "work" and len(words) >= 2:
        from golive.runner.workplace import work

        return work(host_layout(), words[0], words[1], words[2:])
    return _tell(command, words, launch)


def _probe() -> int:
    from golive.runner.probe import gather

    frames = dict(read_frames(sys.stdin.buffer))
    try:
        request = decode_request(json.loads(frames["request"].decode("utf-8")))
    except (KeyError, ValueError) as error:
        raise MalformedMessage("no probe request: {!r}".format(error))
    sys.stdout.write(json.dumps(gather(request), sort_keys=True) + "\n")
    sys.stdout.flush()
    return 0


def _tell(command: str, words: List[str], launch: Sequence[str]) -> int:
    from golive.runner.desk import Desk
    from golive.runner.follow import Client

    desk = Desk(host_layout(), launch, Client(1))
    if command == "run" and not words:
        desk.run(sys.stdin.buffer)
    elif command == "attach" and len(words) in (2, 3):
        desk.attach(words[0], words[1], int(words[2]) if words[2:] else 0)
    elif command == "recover" and len(words) == 1:
        desk.recover(words[0])
    else:
        sys.stderr.write("usage: probe | run | attach RUN APP [OFFSET] | recover APP | terminal APP\n")
        return 64
    return 0
