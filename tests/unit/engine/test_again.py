"""Who decides how many instances run: golive.toml where it says so, golive scale elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.config import load
from golive.detect import detect
from golive.engine.again import scale
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import ConfigError, Refused
from golive.model.app import Process


def app(folder: Path, toml: str) -> Path:
    (folder / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n", encoding="utf-8")
    (folder / "requirements.txt").write_text("flask\n", encoding="utf-8")
    (folder / "golive.toml").write_text(toml, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("toml", "instances"), [("", 0), ("app.instances = 3\n", 3)])
def test_the_web_process_has_the_number_of_golive_toml_or_none_of_its_own(tmp_path, toml, instances) -> None:
    folder = app(tmp_path, toml)
    assert detect(folder, load(folder)).processes == (Process("web", "web", "", instances),)


@pytest.mark.parametrize("wrong", ["0", "65", '"two"'])
def test_an_impossible_number_is_refused_with_its_line(tmp_path, wrong) -> None:
    with pytest.raises(ConfigError) as caught:
        load(app(tmp_path, f"[app]\n\ninstances = {wrong}\n"))
    assert (caught.value.params["line"], caught.value.params["key"]) == (3, "app.instances")


@pytest.mark.parametrize(
    ("toml", "process", "key", "line"),
    [
        ("[app]\ninstances = 3\n", "web", "app.instances", 2),
        ('[processes.mail]\ncommand = "celery"\ninstances = 2\n', "mail", "processes.mail.instances", 3),
    ],
)
def test_what_golive_toml_says_is_changed_there(tmp_path, toml, process, key, line) -> None:
    with pytest.raises(Refused) as caught:
        scale(app(tmp_path, toml), Request(to="root@203.0.113.7"), {process: 5}, Reporter())
    assert caught.value.code == "scale-in-golive-toml"
    assert (caught.value.params["key"], caught.value.params["line"]) == (key, line)
