"""The runner zip: the same bytes each time, small, whole or made again, and at home on every Python since 3.6."""

import ast
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from stub_runner import FILES

from golive.transport import bundle

PYENV = Path(os.environ.get("PYENV_ROOT", Path("~").expanduser() / ".pyenv")) / "versions"
PYTHONS = sorted(str(path) for path in PYENV.glob("3.*/bin/python3")) or [sys.executable]


@pytest.fixture(autouse=True)
def real_sources():
    bundle.bundle.cache_clear()
    yield
    bundle.bundle.cache_clear()


def inner(made):
    with zipfile.ZipFile(io.BytesIO(made.content)) as outer:
        return zipfile.ZipFile(io.BytesIO(outer.read("golive.zip")))


def test_the_same_sources_give_the_same_bytes():
    first = bundle.pack(dict(bundle.sources()))
    assert bundle.pack(dict(reversed(list(bundle.sources())))) == first
    assert first.digest.startswith(first.name)
    assert len(first.name) == 16


def test_it_is_small():
    assert len(bundle.bundle().content) <= 80 * 1024


class _WithoutTexts(ast.NodeTransformer):
    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) else node


def meaning(source):
    """What Python makes of SOURCE, docstrings aside, with the line of each part."""
    tree = _WithoutTexts().visit(ast.parse(source))
    return ast.dump(tree), [node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")]


@pytest.mark.parametrize(("path", "source"), list(bundle.sources()))
def test_without_its_remarks_a_file_means_the_same_line_for_line(path, source):
    shipped = bundle.without_remarks(source)
    assert meaning(shipped) == meaning(source)
    assert not any(line.lstrip().startswith(b"#") for line in shipped.splitlines())


def test_texts_that_are_values_stay():
    source = b'X = """\\\n# no remark\n"""\n\n\ndef f():\n    """A\n    remark."""\n    # another\n    return """a"""\n'
    assert bundle.without_remarks(source) == (
        b'X = """\\\n# no remark\n"""\n\n\ndef f():\n    ""\n\n\n    return """a"""\n'
    )


def test_it_holds_the_protocol_and_the_runner_and_nothing_else():
    with inner(bundle.bundle()) as archive:
        names = archive.namelist()
    assert "golive/protocol/codec.py" in names
    assert "golive/runner/main.py" in names
    assert {name.split("/")[1] for name in names} == {"__init__.py", "protocol", "runner"}
    assert all(name.endswith(".py") for name in names)


def test_a_windows_checkout_makes_the_same_runner(monkeypatch, tmp_path):
    plain = bundle.bundle()
    copy = tmp_path / "golive"
    shutil.copytree(Path(bundle.__file__).parents[1], copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(bundle.resources, "files", lambda name: copy)
    assert bundle.pack(dict(bundle.sources())) == plain


@pytest.fixture
def stub(tmp_path):
    files = {path: content for path, content in bundle.sources() if not path.startswith("golive/runner/")}
    main = b"import golive.protocol.codec, sys\n\n\ndef main():\n    print(golive.__file__)\n    return 7\n"
    made = bundle.pack(files | FILES | {"golive/runner/main.py": main})
    path = tmp_path / "host" / f"runner-{made.name}.zip"
    path.parent.mkdir()
    path.write_bytes(made.content)
    return path


def start(python, path, **more):
    done = subprocess.run([python, "-I", "-W", "error", str(path), "probe"], capture_output=True, text=True, **more)
    assert done.stderr == ""
    assert done.returncode == 7
    return done.stdout


@pytest.mark.parametrize("python", PYTHONS)
def test_it_starts_and_leaves_its_compiled_files(stub, python):
    start(python, stub)
    (compiled,) = stub.parent.glob("compiled-*")
    before = compiled.stat().st_mtime_ns, compiled.read_bytes()
    assert compiled.name in start(python, stub)
    assert (compiled.stat().st_mtime_ns, compiled.read_bytes()) == before


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-1], lambda content: b"", lambda content: b"x" + content[1:]]
)
def test_damaged_compiled_files_are_made_again(stub, damage):
    start(sys.executable, stub)
    (compiled,) = stub.parent.glob("compiled-*")
    whole = compiled.read_bytes()
    compiled.write_bytes(damage(whole))
    start(sys.executable, stub)
    assert compiled.read_bytes() == whole


def test_it_starts_where_nothing_can_be_written(stub, tmp_path):
    """The place of the compiled files is taken by a folder, which not even root can replace by a file."""
    start(sys.executable, stub)
    (compiled,) = stub.parent.glob("compiled-*")
    compiled.unlink()
    (compiled / "x").mkdir(parents=True)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert str(scratch) in start(sys.executable, stub, env={"TMPDIR": str(scratch)})
    assert list(scratch.iterdir()) == []
