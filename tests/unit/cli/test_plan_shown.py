"""``golive plan``: every step as what, files, commands and why; nothing hidden, no secret shown."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from golive import cli, locale
from golive.cli.plan import plan_data, render, shown_text, typed_lines
from golive.explain.what import describe
from golive.explain.why import WHY
from golive.model.plan import Plan, Stage
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import KINDS, EnsureDirectory, HostPlan, InstallPackages, Ref, Secret, Step, WriteFile

CONTENT = ("PASSWORD=", Secret("DB"), "\nVERSION=", Ref("install-packages", "versions"), "\nLAST=1\n")
STEPS = (
    Step("install-packages", InstallPackages(("nginx", "git")), "prepare", "packages"),
    Step("write-env", WriteFile("/srv/golive/shop/x", CONTENT), "build", "env-file"),
)


def plan_of(*steps: Step) -> Plan:
    stages = (Stage((HostPlan("shop", "deploy", steps, "", (), ProbeRequest(app="shop"), 2),)),) if steps else ()
    return Plan(stages=stages, url="http://203.0.113.7", release=2)


def shown(plan: Plan) -> str:
    file = io.StringIO()
    render(plan, Console(file=file, width=80, no_color=True, markup=False, emoji=False, highlight=False))
    return file.getvalue()


@pytest.fixture(autouse=True)
def _english():
    locale.activate("en")
    yield
    locale.activate("en")


def test_each_step_says_what_which_files_which_commands_and_why() -> None:
    text = shown(plan_of(*STEPS))
    assert "  1. Install the packages nginx, git" in text
    assert "     $ " in text
    assert "apt-get" in text
    assert "  2. Write /srv/golive/shop/x" in text
    assert "     + LAST=1" in text
    for step in STEPS:
        assert "".join(WHY[step.why].split())[:60] in "".join(text.split())
    assert "Nothing has been changed yet" in text


def test_the_same_reason_is_said_once_in_a_row() -> None:
    folders = [
        Step(f"folder-{name}", EnsureDirectory(f"/srv/golive/shop/{name}", 0o750, "root", "root"), "build", "folders")
        for name in ("a", "b")
    ]
    text = shown(plan_of(*folders, STEPS[0], folders[0]))
    assert text.count("Everything of this app lives in one folder") == 2


def test_what_is_not_known_yet_and_what_is_secret_is_said_in_words() -> None:
    content = shown_text(CONTENT, {"install-packages": 1})
    assert content == "PASSWORD=<the secret DB>\nVERSION=<known after step 1>\nLAST=1\n"


def test_a_command_of_several_lines_stays_one_command() -> None:
    assert typed_lines("cat <<E\na\nb\nE", short=False) == [("$", "cat <<E"), (" ", "a"), (" ", "b"), (" ", "E")]
    assert typed_lines("cat <<E\na\nb\nE", short=True) == [("$", "cat <<E"), (" ", "..."), (" ", "E")]


def test_nothing_to_change_is_one_line() -> None:
    assert shown(plan_of()) == "Nothing to change: release 2 is live at http://203.0.113.7.\n"


def test_the_plan_for_programs_is_json() -> None:
    data = json.loads(json.dumps(plan_data(plan_of(*STEPS))))
    assert data["changes"] is True
    assert [step["kind"] for step in data["steps"]] == ["install_packages", "write_file"]
    assert all(step["what"] and step["why_text"] and step["shell"] for step in data["steps"])


@pytest.mark.parametrize(("steps", "status"), [((), 0), (STEPS, 2)])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_exit_status_two_means_changes(
    steps, status: int, form: list[str], monkeypatch, tmp_path: Path, capsys
) -> None:
    monkeypatch.setattr("golive.engine.deploy.plan_deploy", lambda folder, request, reporter: plan_of(*steps))
    assert cli.main(["plan", str(tmp_path), *form]) == status
    out = capsys.readouterr().out
    if form:
        assert [json.loads(line)["event"] for line in out.splitlines()] == ["plan", "finished"]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_step_is_described(kind: str, language: str) -> None:
    locale.activate(language)
    action_type = KINDS[kind]
    values = {"mode": 0o644, "timeout": 5, "units": ("a", "b", "c", "d"), "argv": ("/env/bin/flask", "db")}
    tuples = ("names", "paths", "units", "entries", "endpoints", "successors", "plain", "manifests", "extras")
    fields = {name: values.get(name, () if name in tuples else f"<{name}>") for name in action_type._fields}
    line = describe(action_type(**fields))
    assert line
    assert "%(" not in line
    assert "\n" not in line
