"""Folder in, App out: each file of ``cases/`` is a folder as data and what golive makes of it.

``=== PATH`` starts a file of the folder; ``=== expected`` is TOML: the App's fields that matter in this case,
or ``refused`` (an error's code) and its params.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from golive.config import load
from golive.detect import detect
from golive.errors import AppError, ConfigError
from golive.model.app import App

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = sorted((Path(__file__).parent / "cases").glob("*.tree"))


def plain(value: Any) -> Any:
    """Named tuples and dataclasses as the lists and objects that the expectation holds."""
    return json.loads(json.dumps(value, default=lambda item: vars(item)))


def seen(app: App) -> dict[str, Any]:
    fields = {name: getattr(app, name) for name in App.__dataclass_fields__}
    fields["static"] = [[mount.url, mount.folder] for mount in app.static]
    fields["services"] = [[service.kind, f"{service.file}:{service.line}"] for service in app.services]
    fields["processes"] = [[item.name, item.kind, item.command] for item in app.processes]
    fields["env"] = [item.name + "!" * item.required + "*" * item.generate for item in app.env]
    fields["evidence"] = {
        f"{item.subject} {item.value}": [f"{item.file}:{item.line}", item.override, item.runner_up]
        for item in app.evidence
    }
    return {name: plain(value) for name, value in fields.items()}


def unpack(case: Path, folder: Path) -> dict[str, Any]:
    """Write the case's files into FOLDER; return what is expected."""
    path, content = "", ""
    for line in [*case.read_text(encoding="utf-8").splitlines(keepends=True), "=== "]:
        if not line.startswith("=== "):
            content += line
            continue
        if path and path != "expected":
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, encoding="utf-8")
        if path == "expected":
            expected = tomllib.loads(content)
        path, content = line[4:].strip(), ""
    return expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    expected = unpack(case, folder)
    if "refused" in expected:
        with pytest.raises((AppError, ConfigError)) as caught:
            detect(folder, load(folder))
        code = expected.pop("refused")
        assert (caught.value.code, plain(caught.value.params)) == (code, plain(caught.value.params) | expected)
        assert expected, "a refusal is told apart by its params"
        return
    app = seen(detect(folder, load(folder)))
    evidence = expected.pop("evidence", {})
    assert {name: app[name] for name in expected} == expected
    assert {key: app["evidence"].get(key) for key in evidence} == evidence
