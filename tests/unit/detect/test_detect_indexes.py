"""Whether an app itself names the index that its packages come from: read the same here and on the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.detect.indexes import names_an_index
from golive.protocol.steps import BuildEnvironment
from golive.runner.perform import manifests
from golive.runner.perform.manifests import Prepared

CASES = [
    ({"requirements.txt": "flask\n--index-url https://i.example/simple\n"}, True),
    ({"requirements.txt": "-i https://i.example/simple\nflask\n"}, True),
    ({"requirements.txt": "--index-url=https://i.example/simple\n"}, True),
    ({"requirements.txt": "flask\n--extra-index-url https://i.example/simple\n"}, False),
    ({"requirements.txt": "# -i https://i.example\nflask\nindex-url-tool\n"}, False),
    ({"requirements.txt": "-r more/web.txt\n", "more/web.txt": "-i https://i.example/simple\n"}, True),
    ({"requirements.txt": "-r missing.txt\n"}, False),
    ({"requirements.txt": "flask", "pyproject.toml": "[[tool.uv.index]]\nurl = 'https://i.example'\n"}, True),
    ({"requirements.txt": "flask", "pyproject.toml": "[tool.uv]\nindex-url = 'https://i.example'\n"}, True),
    ({"requirements.txt": "flask", "pyproject.toml": "[project]\nname = 'x'\n"}, False),
]


@pytest.mark.parametrize(("files", "named"), CASES)
def test_an_index_of_the_apps_own(tmp_path: Path, files: dict[str, str], named: bool) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert names_an_index(tmp_path, ("requirements.txt",)) is named
    action = BuildEnvironment("/e", "/p", str(tmp_path), ("requirements.txt",), (), "b", "g")
    prepared = Prepared(str(tmp_path))
    manifests._readable(str(tmp_path / "requirements.txt"), prepared)
    assert manifests.name_an_index(action, prepared) is named
