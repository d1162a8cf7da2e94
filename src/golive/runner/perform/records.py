"""What the host remembers of a release: record_release."""

import json
import os
import time
from typing import Any

from golive.protocol.steps import RecordRelease
from golive.runner import atomic
from golive.runner.env_store import digest_of_store
from golive.runner.layout import host_layout
from golive.runner.perform.files import found_at, record_replacement
from golive.runner.probe_runs import read_json


def perform_record_release(action: RecordRelease, context: Any) -> bool:
    """The record and the time of its making. An empty ``env_digest`` becomes that of the store as it is by now."""
    record = json.loads(context.text(action.record))
    if record.get("env_digest") == "":
        store = os.path.join(host_layout().app(context.app), "env.json")
        record["env_digest"] = digest_of_store(store)
    before = read_json(action.path)
    if before is not None and dict(before, created=0) == dict(record, created=0):
        return False
    record["created"] = int(time.time())
    record_replacement(action.path, found_at(action.path), context)
    content = json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    atomic.write_file(action.path, content.encode("utf-8"), 0o600)
    return True
