"""How a unit's main process last ended, from systemd's journal.

A unit that was restarted meanwhile shows the status of its new process: only the journal knows the old one's.
"""

import json

from golive.runner.layout import local_layout
from golive.runner.probe_system import output_of

_PROCESS_EXIT = "98e322203f7a4ed290d09fe03c09fe15"
"""SD_MESSAGE_UNIT_PROCESS_EXIT of sd-messages(3)."""


def exit_status(unit: str) -> str:
    """A number or a signal's name; "" when systemd did not note it."""
    here = local_layout()
    if here is not None:
        from golive.runner import supervise

        return supervise.exit_status(here, unit)
    chosen = ("UNIT=" + unit, "MESSAGE_ID=" + _PROCESS_EXIT)
    told = output_of("journalctl", "--no-pager", "--quiet", "--boot", "--output=json", "--lines=1", *chosen)
    try:
        return str(json.loads(told or "")["EXIT_STATUS"])
    except (ValueError, KeyError, TypeError):
        return ""
