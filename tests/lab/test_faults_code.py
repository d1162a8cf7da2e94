"""Folders as people really have them: deployed as they are, or refused by name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from breaking import git, refused, works
from person import TINY_APP, User, Visitors, ask, write_app

ODD_NAMES = (
    "with space.txt",
    'it\'s "quoted".txt',
    "new\nline.txt",
    "中文 名字.txt",
    "-dash",
    "back\\slash",
    "$(id)`x`",
)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a change")


def arrived(user: User, slug: str = "tiny") -> set[str]:
    """The paths of the live release's files; names end with a zero byte, so that any other is taken as it is."""
    code = f"/srv/golive/{slug}/current/code"
    return set(user.server.run(["sh", "-c", f"cd {code} && find . ! -type d -print0"]).stdout.split("\0")) - {""}


def digest_there(user: User, name: str, slug: str = "tiny") -> str:
    return user.server.run(["sha256sum", f"/srv/golive/{slug}/current/code/{name}"]).stdout.lstrip("\\").split()[0]


def test_any_repository_and_any_name_travels_as_it_is(user: User, app: Path, tmp_path: Path) -> None:
    address = user.server.address
    git(app, "init", "--quiet")
    works(user, app)
    assert ask(address) == (200, "answer 1"), "a repository without any commit"

    for name in ODD_NAMES:
        (app / name).write_text(name, encoding="utf-8")
    (app / "inner").symlink_to("app.py")
    commit(app)
    with Visitors(address) as visitors:
        works(user, app)
        assert {f"./{name}" for name in (*ODD_NAMES, "inner")} <= arrived(user)
        for name in ODD_NAMES:
            assert digest_there(user, name) == hashlib.sha256(name.encode()).hexdigest()

        write_app(app, 3)
        (app / "untracked.py").write_text("# new\n", encoding="utf-8")
        works(user, app)
        assert ask(address) == (200, "answer 3"), "changes that are not committed"
        assert "./untracked.py" in arrived(user)

        shallow = tmp_path / "clone" / "tiny"
        shallow.parent.mkdir()
        commit(app)
        git(tmp_path, "clone", "--quiet", "--depth", "1", app.as_uri(), str(shallow))
        write_app(shallow, 4)
        (shallow / "golive.toml").write_text('name = "shallow"\n\n[app]\nport = 8081\n', encoding="utf-8")
        works(user, shallow)
        assert ask(address, port=8081) == (200, "answer 4"), "a shallow clone"
    assert visitors.failures == []


def test_twenty_thousand_files_and_a_big_one(user: User, app: Path) -> None:
    git(app, "init", "--quiet")
    for number in range(20_000):
        place = app / "pages" / str(number % 100)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(str(number), encoding="utf-8")
    block = os.urandom(1024 * 1024)
    with (app / "big.bin").open("wb") as stream:
        for _ in range(100):
            stream.write(block)
    works(user, app)
    assert len(arrived(user)) == 20_003
    assert digest_there(user, "big.bin") == hashlib.sha256(block * 100).hexdigest()
    with Visitors(user.server.address) as visitors:
        works(user, write_app(app, 2))
    assert visitors.failures == []
    assert ask(user.server.address) == (200, "answer 2")


def test_a_folder_without_git_keeps_its_secrets_and_may_have_a_chinese_name(user: User, tmp_path: Path) -> None:
    folder = write_app(tmp_path / "我的应用", code=TINY_APP.replace("\n", "\r\n"))
    content = (folder / "app.py").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    (folder / "app.py").write_bytes(content)
    (folder / "requirements.txt").write_bytes(b"flask\r\n")
    (folder / ".env").write_text("PASSWORD=never-travels\n", encoding="utf-8")
    (folder / ".env.production").write_text("PASSWORD=never-travels\n", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "app.pyc").write_bytes(b"x")
    works(user, folder)
    assert ask(user.server.address) == (200, "answer 1")
    slugs = [name for name in user.server.run(["ls", "/srv/golive"]).stdout.split() if name != "tiny"]
    assert len(slugs) == 1
    assert arrived(user, slugs[0]) == {"./app.py", "./requirements.txt"}
    assert user.server.run(["grep", "-rl", "never-travels", "/srv/golive", "/var/lib/golive"], check=False).stdout == ""
    assert digest_there(user, "app.py", slugs[0]) == hashlib.sha256(content).hexdigest()


def test_what_would_break_the_site_is_refused_by_name(live: User, app: Path, tmp_path: Path) -> None:
    def outside() -> None:
        (app / "leak").symlink_to("/etc/passwd")

    def pointer() -> None:
        text = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n"
        (app / "logo.png").write_text(text, encoding="utf-8")

    def nothing() -> None:
        for path in app.iterdir():
            path.unlink()

    with Visitors(live.server.address) as visitors:
        for breaks, code, word in (
            (outside, "link-outside", "leak"),
            (pointer, "lfs-pointer", "logo.png"),
            (nothing, "folder-empty", "tiny"),
        ):
            breaks()
            refused(live, app, code, word)
            for path in app.iterdir():
                path.unlink()
            write_app(app, 2)
    assert visitors.failures == []
    works(live, app)
    assert ask(live.server.address) == (200, "answer 2")


def test_a_submodule_travels_when_it_is_there_and_is_named_when_it_is_not(
    live: User, app: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    (library / "words.py").write_text('WORD = "from the submodule"\n', encoding="utf-8")
    commit(library)
    git(app, "init", "--quiet")
    git(app, "submodule", "--quiet", "add", str(library), "library")
    commit(app)
    works(live, app)
    assert "./library/words.py" in arrived(live)

    git(app, "submodule", "--quiet", "deinit", "--force", "library")
    refused(live, app, "submodule-missing", "library", "git submodule update --init")
    assert "./library/words.py" in arrived(live)
