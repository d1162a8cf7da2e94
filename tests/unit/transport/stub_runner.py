"""Stands in for the runner in the transport's tests: a real zip and a real Python process with canned behaviour."""

MAIN = """
import json, os, sys
from golive.protocol.codec import read_frames
from golive.protocol.events import encode_event


def say(event, **values):
    values["event"] = event
    sys.stdout.buffer.write(encode_event(values))
    sys.stdout.buffer.flush()


def main():
    command = sys.argv[1]
    if command == "probe":
        frames = dict(read_frames(sys.stdin.buffer))
        request = json.loads(frames["request"].decode("utf-8"))
        if request["app"] == "crash":
            sys.stderr.write("Traceback: it fell over")
            return 1
        if request["app"] == "nonsense":
            print("<html>")
            return 0
        user = os.environ.get("SUDO_USER", "")
        print(json.dumps({"app": request["app"], "uid": os.getuid(), "sudo": user, "runner": sys.argv[0]}))
        return 0
    if command == "run":
        frames = dict(read_frames(sys.stdin.buffer))
        say("accepted", run="20260101-000000-abcd")
        say("run_started", run="20260101-000000-abcd")
        if frames["plan"] == b"hang":
            sys.stdin.buffer.read()
        say("finished", ok=True, pack=len(frames.get("pack", b"")), who=frames["who"].decode("utf-8"),
            secrets=sorted(json.loads(frames.get("secrets", b"{}").decode("utf-8"))))
        return 0
    if command == "attach":
        say("finished", ok=True, run=sys.argv[2], app=sys.argv[3], offset=sys.argv[4])
        return 0
    if command == "recover":
        say("finished", ok=True, changed=0, app=sys.argv[2])
        return 0
    if command == "terminal":
        return terminal(sys.argv[2])
    return 64


def terminal(app):
    from golive.protocol.terminal import Frames, frame, note

    out, frames = sys.stdout.buffer, Frames()
    if app == "crash":
        sys.stderr.write("Traceback: it fell over")
        return 1
    if app == "absent":
        out.write(note("failed", code="program-not-found", params={"program": "x"}))
        return 0
    while True:
        received = os.read(0, 65536)
        if not received:
            return 0
        for name, content in frames.feed(received):
            if name == "open":
                out.write(frame("started") + frame("errors", content))
            elif name == "size":
                out.write(frame("errors", content))
            elif app == "vanish":
                return 0
            elif content:
                out.write(frame("output", content))
            else:
                out.write(note("ended", status=7))
                return 0
            out.flush()
"""

FILES = {"golive/runner/__init__.py": b"", "golive/runner/main.py": MAIN.encode("utf-8")}
