"""The wheel holds everything, and works where nothing else of this checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from golive import __version__

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "dev.lock"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_runner_catalogs_and_schema(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    assert "golive/locale/zh/LC_MESSAGES/golive.mo" in names
    assert "golive/config/golive.schema.json" in names
    for path in (ROOT / "src" / "golive").rglob("*.py"):
        assert path.relative_to(ROOT / "src").as_posix() in names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".po", ".pyc"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_works_when_installed(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own. Its requirements come from the environment of the tests: no network is needed."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    programs = venv / ("Scripts" if os.name == "nt" else "bin")
    install = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True)
    _lend_requirements(venv)
    environ = {"PATH": str(programs), "GOLIVE_LANG": "zh", "PYTHONIOENCODING": "utf-8", "HOME": str(tmp_path)}
    for words, expected in ((["--version"], f"golive {__version__}"), (["--help"], "示例：")):
        done = subprocess.run(
            [str(programs / "golive"), *words],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert expected in done.stdout
    ship = "from golive.transport.bundle import bundle; print(len(bundle().content))"
    done = subprocess.run(
        [str(programs / "python"), "-c", ship], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert 10_000 < int(done.stdout) <= 80_000


def _lend_requirements(venv: Path) -> None:
    """Everything that is installed here except golive itself."""
    import click

    (site,) = venv.rglob("site-packages")
    (site / "lent.py").write_text("", encoding="utf-8")
    (site / "lent.pth").write_text(str(Path(click.__file__).parents[1]) + "\n", encoding="utf-8")
    (site / "lent.py").unlink()


def test_the_lock_names_no_registry_and_has_a_hash_for_everything() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    entries = [line for line in text.splitlines() if "==" in line]
    assert entries
    blocks = text.split("\n")
    for number, line in enumerate(blocks):
        if "==" in line:
            assert blocks[number + 1].strip().startswith("--hash=sha256:"), line


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    locked: dict[str, list[str]] = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if "==" in line:
            name, _, rest = line.partition("==")
            locked.setdefault(name.strip().lower(), []).append(rest.split()[0])
    for text in wanted:
        requirement = Requirement(text)
        versions = locked.get(requirement.name.lower(), [])
        assert versions, f"{text}: run make lock"
        assert all(version in requirement.specifier for version in versions), text
