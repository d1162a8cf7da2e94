"""The commands that a first deploy ends with can be typed as they are."""

from __future__ import annotations

from pathlib import Path

from golive.engine.afterwards import afterwards
from golive.engine.request import Request
from golive.model.app import App, SetupCommand
from golive.model.plan import Notice

APP = App("shop", "flask", "app:app")
TABLES = SetupCommand(("flask", "--app", "shop:make('x')", "init-db"), "tables", "app.py", 3)
ADMIN = SetupCommand(("flask", "create-admin", "NAME"), "admin", "app.py", 9)


def test_the_apps_own_commands_in_their_order() -> None:
    app = App("shop", "flask", "app:app", setup=(TABLES, ADMIN))
    assert afterwards(app, Path(), Request()) == (
        Notice("next-tables", (("command", "golive run -- flask --app \"shop:make('x')\" init-db"),)),
        Notice("next-admin", (("command", "golive run -- flask create-admin NAME"),)),
    )


def test_the_same_app_and_host_again() -> None:
    app = App("shop", "flask", "app:app", setup=(ADMIN,))
    request = Request(to="root@203.0.113.7", identity=Path("my key"))
    (found,) = afterwards(app, Path("shop"), request)
    command = dict(found.params)["command"]
    assert command == 'golive run --app shop --to root@203.0.113.7 -i "my key" -- flask create-admin NAME'


def test_an_app_without_commands_is_looked_at() -> None:
    assert afterwards(APP, Path(), Request(to="web1")) == (
        Notice("next-look", (("open", "golive open --to web1"), ("logs", "golive logs -f --to web1"))),
    )


def test_what_is_done_is_not_said_again() -> None:
    app = App("shop", "flask", "app:app", setup=(TABLES, ADMIN))
    assert [notice.code for notice in afterwards(app, Path(), Request(), ("tables",))] == ["next-admin"]
    assert [notice.code for notice in afterwards(app, Path(), Request(), ("tables", "admin"))] == ["next-look"]


def test_another_folder_is_named_as_each_command_takes_it() -> None:
    (told,) = afterwards(APP, Path("my shop"), Request())
    assert dict(told.params) == {"open": 'golive open "my shop"', "logs": 'golive logs -f --app "my shop"'}
