"""When golive may run the app's own init-db before the first start: only where there cannot be anything to lose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golive.model.app import App, Service, SetupCommand
from golive.planner import has_data, tables_command
from golive.protocol.facts import Facts
from golive.protocol.steps import SharedPath

COMMAND = SetupCommand(("flask", "--app", "flaskr", "init-db"), "tables", "flaskr/db.py", 9)
APP = App(
    "flaskr",
    "flask",
    "flaskr:create_app()",
    persist=(SharedPath("instance", "directory"),),
    databases=("instance/flaskr.sqlite",),
    setup=(COMMAND,),
)
NEW: dict[str, Any] = {"app": None}


def test_a_new_site_whose_database_is_nowhere_yet() -> None:
    assert tables_command(APP, {"flaskr/db.py"}, {"SECRET_KEY"}, Facts(NEW)) is COMMAND
    left_by_down = {"app": {"current": 0, "shared": [".cache"]}}
    assert tables_command(APP, (), (), Facts(left_by_down)) is COMMAND


@pytest.mark.parametrize(
    ("app", "travels", "known", "facts"),
    [
        (replace(APP, setup=()), (), (), NEW),
        (APP, (), (), {"app": {"current": 2, "shared": []}}),
        (APP, (), (), {"app": {"current": 0, "shared": ["instance"]}}),
        (APP, ("instance/flaskr.sqlite",), (), NEW),
        (APP, (), ("DATABASE_URL",), NEW),
        (APP, (), ("MYSQL_HOST",), NEW),
        (replace(APP, databases=()), (), (), NEW),
        (replace(APP, services=(Service("postgres", "app.py", 1),)), (), (), NEW),
        (replace(APP, setup=(replace(COMMAND, words=("env", "FLASK_APP=x", "flask", "init-db")),)), (), (), NEW),
        (replace(APP, setup=(replace(COMMAND, words=("flask", "init-db", "NAME")),)), (), (), NEW),
        (replace(APP, setup=(replace(COMMAND, kind="admin"),)), (), (), NEW),
    ],
)
def test_anywhere_else_it_is_only_suggested(app: App, travels: Any, known: Any, facts: dict[str, Any]) -> None:
    assert tables_command(app, travels, known, Facts(facts)) is None


def test_what_an_earlier_down_has_left_is_data() -> None:
    assert has_data(APP, Facts({"app": {"current": 0, "shared": ["instance"]}}))
    assert not has_data(APP, Facts({"app": {"current": 0, "shared": [".cache"]}}))
    assert not has_data(APP, Facts(NEW))
