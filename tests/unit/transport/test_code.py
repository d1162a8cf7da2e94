"""Code travels as it is in the folder: what a host checks out of the pack is what git itself would have committed."""

import os
import random
import subprocess
from pathlib import Path

import pytest
from dulwich.repo import Repo

from golive.errors import AppError
from golive.transport.code import snapshot
from golive.transport.code_git import WorkTree

NAMES = ["plain.py", "with space.txt", "quo\"te's.txt", "new\nline.txt", "中文/说明.md", "-n", "a\tb", "$HOME;`x`"]


@pytest.fixture(autouse=True)
def no_git_settings(monkeypatch, tmp_path):
    for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ann@example.com")


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "app"
    folder.mkdir()
    return folder


def git(folder, *arguments, **more):
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, **more)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


@pytest.fixture
def repository(app):
    git(app, "init", "-q", "-b", "main")
    return app


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def commit(folder, message="First\n\nbody"):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)


def arrived(packs, identifier, tmp_path, into="arrived"):
    """What a host has after it took the packs: path -> content (links as text)."""
    bare = tmp_path / f"{into}.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    for pack in packs:
        subprocess.run(
            ["git", "-C", str(bare), "index-pack", "--stdin", "--strict"], input=pack, check=True, capture_output=True
        )
    git(bare, "fsck", "--strict", "--no-dangling")
    tree = tmp_path / into
    tree.mkdir()
    git(bare, f"--work-tree={tree}", "checkout", "-q", "-f", identifier, "--", ".")
    return contents(tree)


def contents(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            key = path.relative_to(folder).as_posix()
            found[key] = f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes()
    return found


def refused(folder):
    with pytest.raises(AppError) as caught:
        snapshot(folder)
    return caught.value


def shipped(folder, tmp_path):
    taken = snapshot(folder)
    return arrived([taken.pack()], taken.code.commit, tmp_path)


def paths_of(repository):
    with Repo(repository) as repo:
        return [file.path for file in WorkTree(repo, "").files()]


def test_a_folder_without_git_arrives_as_it_is(app, tmp_path):
    write(app, {name: name for name in NAMES})
    (app / "run.sh").write_text("#!/bin/sh\n")
    (app / "run.sh").chmod(0o755)
    (app / "link").symlink_to("中文/说明.md")
    assert shipped(app, tmp_path) == contents(app)
    assert os.access(tmp_path / "arrived" / "run.sh", os.X_OK)
    assert not os.access(tmp_path / "arrived" / "plain.py", os.X_OK)


def test_what_never_travels_from_a_folder_without_git(app, tmp_path):
    write(app, {"app.py": "", "venv/pyvenv.cfg": "", "venv/lib/x.py": "", "my env/pyvenv.cfg": "", ".env": "KEY=1"})
    write(app, {".env.production": "KEY=1", ".env.example": "KEY=", "__pycache__/a.pyc": "", "b.pyc": ""})
    write(app, {"node_modules/x/index.js": "", ".idea/x": "", ".vscode/x": "", ".mypy_cache/x": "", ".DS_Store": ""})
    write(app, {"db.sqlite3": "data", "db.sqlite3-journal": "", "db.sqlite3-wal": "", ".flaskenv": "FLASK_APP=app"})
    assert sorted(shipped(app, tmp_path)) == [".env.example", ".flaskenv", "app.py", "db.sqlite3"]


def test_the_tree_is_the_one_that_git_would_commit(repository):
    write(repository, {name: name for name in NAMES} | {"a/b": "1", "a.b": "2", "a-b": "3", "ab": "4", "a/c/d": "5"})
    (repository / "a" / "up").symlink_to("../ab")
    commit(repository)
    taken = snapshot(repository).code
    assert taken.tree == git(repository, "rev-parse", "HEAD^{tree}")
    assert (taken.dirty, taken.subject) == (False, "First")


def test_the_working_tree_travels_with_its_changes(repository, tmp_path):
    write(repository, {"kept.py": "1", "changed.py": "1", "gone.py": "1", ".gitignore": "*.log\n"})
    commit(repository)
    write(repository, {"changed.py": "2", "new.py": "1", "debug.log": "noise"})
    (repository / "gone.py").unlink()
    taken = snapshot(repository)
    assert taken.code.dirty
    there = arrived([taken.pack()], taken.code.commit, tmp_path)
    assert there == {"kept.py": b"1", "changed.py": b"2", "new.py": b"1", ".gitignore": b"*.log\n"}


def test_new_files_that_beginners_forget_to_ignore(repository, tmp_path):
    write(repository, {"app.py": "", ".env": "KEY=1", "venv/pyvenv.cfg": "", "venv/x.py": "", "__pycache__/a.pyc": ""})
    assert sorted(shipped(repository, tmp_path)) == ["app.py"]


def test_a_dotenv_that_is_tracked_on_purpose_travels(repository, tmp_path):
    write(repository, {"app.py": "", ".env": "PUBLIC=1", "node_modules/x.js": "", ".gitignore": "node_modules"})
    git(repository, "add", "-f", ".env", "app.py", "node_modules/x.js")
    assert sorted(shipped(repository, tmp_path)) == [".env", ".gitignore", "app.py", "node_modules/x.js"]


def test_ignore_rules_are_gits(repository):
    """Random trees and rules, and git's own opinion of them."""
    chance = random.Random(20)
    rules = [
        "*.log",
        "!keep.log",
        "/build",
        "build/",
        "a/**/z",
        "**/tmp",
        "!a/tmp",
        "doc/*.txt",
        "x?y",
        "[ab].c",
        "d/*",
    ]
    rules += ["!d/keep", "\\#odd", "# comment", "trailing ", "a/b", "/*.md", "!/r.md", "foo/**", "中*", "deep/**/q.log"]
    names = ["a", "b", "build", "d", "doc", "tmp", "z", "foo", "deep", "keep", "中文"]
    leaves = [
        "keep.log",
        "x.log",
        "r.md",
        "s.md",
        "xzy",
        "a.c",
        "c.c",
        "#odd",
        "trailing",
        "q.log",
        "t.txt",
        "z",
        "tmp",
    ]
    for _ in range(12):
        for _ in range(25):
            folder = "/".join(chance.choice(names) for _ in range(chance.randrange(4)))
            target = repository / folder / chance.choice(leaves)
            try:
                write(repository, {target.relative_to(repository).as_posix(): "x"})
            except OSError:
                continue
        for folder in ("", "a", "d", "deep"):
            if (repository / folder).is_dir() and not (repository / folder / ".gitignore").is_dir():
                some = "\n".join(chance.sample(rules, 6))
                (repository / folder / ".gitignore").write_text(f"{some}\n")
        git(repository, "add", "-A")
        git(repository, "rm", "-q", "-r", "--cached", "--ignore-unmatch", "b", "doc")
        listed = git(repository, "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
        expected = {name for name in listed if name and (repository / name).exists()}
        assert set(paths_of(repository)) == expected


def test_info_exclude_and_the_users_own_rules_count(repository, tmp_path, monkeypatch):
    (tmp_path / "mine").write_text("*.mine\n")
    git(repository, "config", "core.excludesFile", str(tmp_path / "mine"))
    (repository / ".git" / "info" / "exclude").write_text("*.here\n")
    write(repository, {"a.mine": "", "b.here": "", "c.py": ""})
    assert sorted(shipped(repository, tmp_path)) == ["c.py"]


def test_a_folder_inside_a_repository_travels_alone(repository, tmp_path):
    write(repository, {"other/x.py": "", "shop/web/app.py": "", "shop/web/x.log": "", ".gitignore": "*.log"})
    commit(repository)
    web = repository / "shop" / "web"
    taken = snapshot(web)
    assert sorted(arrived([taken.pack()], taken.code.commit, tmp_path)) == ["app.py"]
    assert taken.code.tree == git(repository, "rev-parse", "HEAD:shop/web")
    assert not taken.code.dirty
    assert taken.code.identity != snapshot(repository).code.identity


def test_a_folder_that_the_repository_around_it_ignores_is_no_part_of_it(repository, tmp_path):
    write(repository, {".gitignore": "*", "app/app.py": "", "app/.gitignore": "*.log", "app/x.log": ""})
    assert "app.py" in shipped(repository / "app", tmp_path)


@pytest.mark.parametrize("state", ["empty", "detached", "shallow", "worktree"])
def test_repositories_of_every_shape(repository, tmp_path, state):
    write(repository, {"app.py": "1"})
    folder = repository
    if state != "empty":
        commit(repository)
        commit(repository, "Second")
    if state == "detached":
        git(repository, "checkout", "-q", "--detach", "HEAD^")
    if state == "shallow":
        folder = tmp_path / "clone"
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(folder))
    if state == "worktree":
        folder = tmp_path / "second"
        git(repository, "worktree", "add", "-q", str(folder), "-b", "other")
    assert shipped(folder, tmp_path) == {"app.py": b"1"}
    assert snapshot(folder).code.subject == {"empty": "", "detached": "First"}.get(state, "Second")


def test_a_submodule_travels_as_plain_files(repository, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "-q")
    write(library, {"lib.py": "1", "notes.log": "", ".gitignore": "*.log"})
    commit(library)
    write(repository, {"app.py": ""})
    git(repository, "-c", "protocol.file.allow=always", "submodule", "-q", "add", str(library), "vendor/library")
    commit(repository)
    (repository / "vendor" / "library" / "notes.log").write_text("noise")
    taken = snapshot(repository)
    there = arrived([taken.pack()], taken.code.commit, tmp_path)
    assert sorted(there) == [".gitmodules", "app.py", "vendor/library/.gitignore", "vendor/library/lib.py"]
    assert not taken.code.dirty
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repository), str(clone))
    error = refused(clone)
    assert (error.code, error.params["path"]) == ("submodule-missing", "vendor/library")


def test_line_endings_of_a_windows_checkout(repository):
    write(repository, {"a.py": b"x\r\ny\r\n", "b.bin": b"\0\r\n", "always.bat": b"x\r\n", "lone.txt": b"a\rb\r\n"})
    write(repository, {"kept.txt": b"old\r\n", "sub/forced.dat": b"1\r\n", "plain.md": b"1\n"})
    write(repository, {".gitattributes": "*.bat -text\n", "sub/.gitattributes": "*.dat text\n"})
    git(repository, "add", "kept.txt")
    git(repository, "config", "core.autocrlf", "true")
    git(repository, "-c", "core.safecrlf=false", "add", "-A")
    git(repository, "commit", "-q", "-m", "First")
    assert snapshot(repository).code.tree == git(repository, "rev-parse", "HEAD^{tree}")


@pytest.mark.parametrize(
    "rule", ["* text=auto", "*.txt text", "*.txt eol=crlf", "* text=auto\n*.txt -text", "* binary"]
)
def test_line_endings_by_attribute(repository, rule):
    write(repository, {"a.txt": b"x\r\ny\n", "b.bin": b"\0\r\n", ".gitattributes": f"{rule}\n"})
    git(repository, "-c", "core.safecrlf=false", "add", "-A")
    git(repository, "commit", "-q", "-m", "First")
    assert snapshot(repository).code.tree == git(repository, "rev-parse", "HEAD^{tree}")
    write(repository, {".gitattributes": "* -text\n"})
    git(repository, "add", "--renormalize", "-A")
    git(repository, "commit", "-q", "-m", "Second")
    assert snapshot(repository).code.tree == git(repository, "rev-parse", "HEAD^{tree}")


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside", "C:\\x"])
def test_a_link_that_leaves_the_folder_is_refused(app, target):
    write(app, {"app.py": "", "sub/x": ""})
    (app / "link").symlink_to(target)
    error = refused(app)
    assert (error.code, error.params["paths"]) == ("link-outside", ("link",))


def test_a_link_that_stays_inside_is_taken(app, tmp_path):
    write(app, {"app.py": "", "a/b/x": "1"})
    (app / "a" / "b" / "up").symlink_to("../../app.py")
    assert shipped(app, tmp_path)["a/b/up"] == "-> ../../app.py"


def test_lfs_pointers_are_refused_by_name(app):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    write(app, {"app.py": "", "big/model.bin": pointer, "other.bin": pointer})
    for _ in range(2):
        error = refused(app)
        assert error.code == "lfs-pointer"
        assert error.params["paths"] == ("big/model.bin", "other.bin")


def test_a_conflict_that_is_not_resolved(repository):
    write(repository, {"app.py": "1"})
    commit(repository)
    git(repository, "checkout", "-q", "-b", "other")
    write(repository, {"app.py": "2"})
    commit(repository)
    git(repository, "checkout", "-q", "main")
    write(repository, {"app.py": "3"})
    commit(repository)
    subprocess.run(["git", "-C", str(repository), "merge", "-q", "other"], capture_output=True)
    error = refused(repository)
    assert (error.code, error.params["paths"]) == ("merge-conflict", ("app.py",))


def test_a_broken_repository(repository):
    write(repository, {"app.py": "1"})
    commit(repository)
    (repository / ".git" / "index").write_bytes(b"not an index")
    assert refused(repository).code == "git-broken"


def test_an_empty_folder(app):
    assert refused(app).code == "folder-empty"
    assert refused(app / "nowhere").code == "folder-missing"


def test_pipes_and_sockets_stay_behind(app, tmp_path):
    write(app, {"app.py": ""})
    os.mkfifo(app / "pipe")
    assert sorted(shipped(app, tmp_path)) == ["app.py"]


def test_the_same_tree_is_the_same_commit_anywhere(app, tmp_path):
    write(app, {"app.py": "1"})
    other = tmp_path / "elsewhere"
    other.mkdir()
    write(other, {"app.py": "1"})
    git(other, "init", "-q")
    commit(other)
    assert snapshot(app).code.commit == snapshot(other).code.commit


def test_a_second_pack_brings_only_what_is_new(app, tmp_path):
    write(app, {f"m{number}.py": os.urandom(200) for number in range(50)} | {"static/big.bin": os.urandom(500_000)})
    first = snapshot(app)
    packs = [first.pack()]
    write(app, {"m1.py": "changed"})
    second = snapshot(app)
    packs.append(second.pack([first.code.commit]))
    assert len(packs[1]) < 5000
    assert arrived(packs, second.code.commit, tmp_path)["m1.py"] == b"changed"
    assert second.pack([second.code.commit]) == b""
    assert len(second.pack(["0" * 40])) > 500_000


def test_a_file_that_changes_while_it_is_packed_is_noticed(app):
    write(app, {"app.py": "1"})
    taken = snapshot(app)
    write(app, {"app.py": "2"})
    with pytest.raises(AppError) as caught:
        taken.pack()
    assert caught.value.code == "folder-changed"


def test_a_change_is_seen_whatever_the_cache_says(app):
    """Same size, and the old times put back."""
    write(app, {"app.py": "1"})
    os.utime(app / "app.py", ns=(10**18, 10**18))
    before = snapshot(app).code.tree
    write(app, {"app.py": "2"})
    os.utime(app / "app.py", ns=(10**18, 10**18))
    assert snapshot(app).code.tree != before


def test_digests_follow_the_named_files_only(app):
    write(app, {"requirements.txt": "flask", "app.py": "1", "migrations/1.py": "a"})

    def digests():
        code = snapshot(app, ("requirements.txt", "missing.txt"), "migrations").code
        return code.manifests_digest, code.migrations_digest

    first = digests()
    write(app, {"app.py": "2"})
    assert digests() == first
    write(app, {"requirements.txt": "flask<4"})
    second = digests()
    assert second[0] != first[0]
    assert second[1] == first[1]
    write(app, {"migrations/2.py": "b"})
    assert digests()[1] != second[1]
    assert snapshot(app).code.manifests_digest == snapshot(app).code.migrations_digest == ""


def test_identity_of_clones_and_of_strangers(repository, tmp_path):
    write(repository, {"app.py": "1"})
    mine = snapshot(repository).code.identity
    commit(repository)
    git(repository, "remote", "add", "origin", "git@example.com:ann/shop.git")
    assert snapshot(repository).code.identity == mine
    clones = []
    for name, url in (("x", "https://ann@example.com/ann/shop"), ("y", "ssh://git@example.com:22/ann/shop.git")):
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(tmp_path / name))
        git(tmp_path / name, "remote", "set-url", "origin", url)
        clones.append(snapshot(tmp_path / name).code.identity)
    assert clones[0] == clones[1]
    write(tmp_path, {"one/app/app.py": "1", "two/app/app.py": "1"})
    assert snapshot(tmp_path / "one" / "app").code.identity != snapshot(tmp_path / "two" / "app").code.identity
    assert snapshot(tmp_path / "one" / "app").code.identity == snapshot(tmp_path / "one" / "app").code.identity


def test_nothing_is_written_into_the_folder(repository):
    write(repository, {"app.py": "1"})
    commit(repository)
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}
    snapshot(repository).pack()
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == before
