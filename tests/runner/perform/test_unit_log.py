"""What an app's log says about why it does not run."""

from __future__ import annotations

import pytest

from golive.runner.perform import unit_log
from golive.runner.perform.unit_log import import_error, without_the_app_servers_own, worker_status

APP = """\
[7] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/srv/golive/x/envs/k/lib/python3.11/site-packages/gunicorn/util.py", line 420, in import_app
    mod = importlib.import_module(module)
  File "/srv/golive/x/releases/2/code/pages.py", line 2, in <module>
    import nothere
ModuleNotFoundError: No module named 'nothere'
""".splitlines()
FAREWELL = """\
Traceback (most recent call last):
  File "/srv/golive/x/envs/k/lib/python3.11/site-packages/gunicorn/arbiter.py", line 299, in handle_chld
gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/golive/x/envs/k/bin/gunicorn", line 8, in <module>
gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>
""".splitlines()


def test_gunicorns_farewell_does_not_hide_the_apps_own_traceback() -> None:
    assert without_the_app_servers_own([*APP, *FAREWELL, "the end"]) == [*APP, "the end"]
    assert import_error([*APP, *FAREWELL]) == "ModuleNotFoundError: No module named 'nothere'"


def test_a_traceback_that_is_cut_off_does_not_hide_the_one_before() -> None:
    cut = FAREWELL[:2]
    assert without_the_app_servers_own([*APP, *cut]) == [*APP, *cut]
    assert import_error([*APP, *cut]) == "ModuleNotFoundError: No module named 'nothere'"


def test_an_error_of_a_page_is_no_import_error() -> None:
    log = ["Traceback (most recent call last):", '  File "app.py", line 9, in index', "ZeroDivisionError: division"]
    assert import_error(log) == ""


def test_a_missing_object_has_no_traceback() -> None:
    assert import_error(["Failed to find attribute 'nobody' in 'app'."]) == "Failed to find attribute 'nobody' in 'app'"


def test_the_last_workers_status_is_told_as_the_app_server_tells_it() -> None:
    assert worker_status(["[1] [ERROR] Worker (pid:4) exited with code 7.", "Booting worker with pid: 5"]) == "7"
    assert worker_status(["Worker (pid:4) exited with code 7.", "Worker (pid:5) was sent SIGKILL!"]) == "SIGKILL"
    assert worker_status(["Booting worker with pid: 5"]) == ""


def test_a_log_holds_neither_escapes_nor_endless_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit_log, "output_of", lambda *argv: "\x1b[31mred\x1b[0m\n" + "x" * 100_000)

    assert [line[:3] for line in unit_log.read("unit")] == ["red", "xxx"]
    assert max(map(len, unit_log.read("unit"))) < 10_000
