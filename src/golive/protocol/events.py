"""What a run tells: one JSON object a line, in the journal, on the wire and in ``--json`` output.

``event`` names the kind; every event has ``at`` (epoch seconds, for people only; durations are monotonic).

===================  ==========================================================================
run_started          run, app, purpose, release, who, total (steps)
lease_waiting        lease, holder (what holds it), seconds
step_started         step, n, total, phase, kind
step_output          step, line                     (one line of a command's output, secrets redacted)
step_waiting         step, code, params             (for somebody else; params: seconds so far, and who it is)
undo_recorded        step, undo                     (how to take the next change back; written before it)
step_finished        step, changed, seconds, outputs
step_failed          step, code, params, output     (last lines)
committed            step, release                  (the switch has happened)
undo_started         reason
undo_finished        kept (what stays: package names)
undo_failed          what, error
finished             ok, changed, seconds, release, code, params, output, kept
===================  ==========================================================================

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import json
from typing import Any, Dict

Event = Dict[str, Any]

RUN_STARTED = "run_started"
LEASE_WAITING = "lease_waiting"
STEP_STARTED = "step_started"
STEP_OUTPUT = "step_output"
STEP_WAITING = "step_waiting"
UNDO_RECORDED = "undo_recorded"
STEP_FINISHED = "step_finished"
STEP_FAILED = "step_failed"
COMMITTED = "committed"
UNDO_STARTED = "undo_started"
UNDO_FINISHED = "undo_finished"
UNDO_FAILED = "undo_failed"
FINISHED = "finished"


def encode_event(event):
    # type: (Event) -> bytes
    """One line, newline included; anything outside ASCII escaped, so that no line break hides in it."""
    return json.dumps(event, sort_keys=True).encode("ascii") + b"\n"


def decode_event(line):
    # type: (bytes) -> Event
    """The reverse of encode_event. Raises ValueError for a torn or foreign line."""
    event = json.loads(line.decode("ascii"))
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise ValueError("not an event")
    return event
