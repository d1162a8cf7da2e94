"""Files, folders and links: exactly as said, only when needed, with a way back recorded first."""

from pathlib import Path

import pytest

from golive.protocol.steps import EnsureDirectory, EnsureLink, RemovePaths, Secret, SwitchRelease, WriteFile
from golive.runner.failure import StepFailed
from golive.runner.perform.files import perform_ensure_directory, perform_remove_paths, perform_write_file
from golive.runner.perform.links import perform_ensure_link
from golive.runner.perform.switch import perform_switch_release


def test_a_file_is_written_once_with_content_mode_and_owner(tmp_path, context):
    context.secrets["KEY"] = "s3cret"
    path = tmp_path / "a file"
    action = WriteFile(str(path), ("key=", Secret("KEY"), "\n你好"), 0o640, "root", "www-data")
    assert perform_write_file(action, context) is True
    assert path.read_text() == "key=s3cret\n你好"
    assert (path.stat().st_mode & 0o7777, path.group()) == (0o640, "www-data")
    assert context.undos == [{"undo": "remove_path", "path": str(path)}]
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert perform_write_file(action, context) is False
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a file", "run"]


@pytest.mark.parametrize("change", ["content", "mode"])
def test_a_file_that_differs_is_replaced_and_can_be_restored(tmp_path, context, change):
    path = tmp_path / "file"
    path.write_text("old" if change == "content" else "new")
    path.chmod(0o600 if change == "mode" else 0o644)
    assert perform_write_file(WriteFile(str(path), "new"), context) is True
    (undo,) = context.undos
    assert (undo["undo"], undo["mode"], undo["owner"]) == ("restore_file", 0o600 if change == "mode" else 0o644, "root")
    assert Path(undo["saved"]).read_text() == ("old" if change == "content" else "new")
    assert (path.read_text(), path.stat().st_mode & 0o7777) == ("new", 0o644)


def test_a_link_in_place_of_a_file_is_replaced_never_followed(tmp_path, context):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "file").symlink_to(precious)
    perform_write_file(WriteFile(str(tmp_path / "file"), "new"), context)
    assert precious.read_text() == "precious"
    assert not (tmp_path / "file").is_symlink()
    assert context.undos[0] == {"undo": "restore_link", "path": str(tmp_path / "file"), "target": str(precious)}


def test_a_folder_in_place_of_a_file_is_a_conflict(tmp_path, context):
    with pytest.raises(StepFailed) as failure:
        perform_write_file(WriteFile(str(tmp_path), "x"), context)
    assert (failure.value.code, failure.value.params["found"]) == ("file-conflict", "directory")


def test_a_folder_gets_its_mode_and_its_missing_parents_are_open_to_all(tmp_path, context):
    path = tmp_path / "a" / "b" / "c"
    assert perform_ensure_directory(EnsureDirectory(str(path), 0o700), context) is True
    assert [p.stat().st_mode & 0o7777 for p in (path.parent.parent, path.parent, path)] == [0o755, 0o755, 0o700]
    assert context.undos == [{"undo": "remove_path", "path": str(tmp_path / "a")}]
    assert perform_ensure_directory(EnsureDirectory(str(path), 0o700), context) is False


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_real_folder_is_a_conflict(tmp_path, context, kind):
    path = tmp_path / "x"
    path.write_text("") if kind == "file" else path.symlink_to(tmp_path)
    with pytest.raises(StepFailed) as failure:
        perform_ensure_directory(EnsureDirectory(str(path)), context)
    assert (failure.value.code, failure.value.params["found"]) == ("file-conflict", kind)


def test_a_link_is_moved_by_one_rename_and_can_go_back(tmp_path, context):
    path = tmp_path / "link"
    assert perform_ensure_link(EnsureLink(str(path), "one"), context) is True
    assert perform_ensure_link(EnsureLink(str(path), "one"), context) is False
    assert perform_ensure_link(EnsureLink(str(path), "two"), context) is True
    assert str(path.readlink()) == "two"
    assert [undo["undo"] for undo in context.undos] == ["remove_path", "restore_link"]
    assert context.undos[1]["target"] == "one"


def test_a_link_never_takes_the_place_of_a_file(tmp_path, context):
    (tmp_path / "x").write_text("precious")
    with pytest.raises(StepFailed) as failure:
        perform_ensure_link(EnsureLink(str(tmp_path / "x"), "one"), context)
    assert failure.value.code == "file-conflict"


def test_the_switch_moves_the_link_and_forgets_an_old_taken_back(tmp_path, context):
    for number in ("1", "2"):
        (tmp_path / "releases" / number).mkdir(parents=True)
    link = tmp_path / "current"
    link.symlink_to("releases/1")
    (tmp_path / "taken_back.json").write_text("{}")
    assert perform_switch_release(SwitchRelease(str(link), "releases/2"), context) is True
    assert str(link.readlink()) == "releases/2"
    assert not (tmp_path / "taken_back.json").exists()
    assert context.undos == [{"undo": "restore_link", "path": str(link), "target": "releases/1"}]
    assert perform_switch_release(SwitchRelease(str(link), "releases/2"), context) is False


def test_nothing_is_switched_to_a_release_that_is_not_there(tmp_path, context):
    with pytest.raises(StepFailed) as failure:
        perform_switch_release(SwitchRelease(str(tmp_path / "current"), "releases/9"), context)
    assert failure.value.code == "switch-failed"
    assert not (tmp_path / "current").is_symlink()


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    folder = tmp_path / "srv" / "golive" / "blog"
    folder.mkdir(parents=True)
    return folder


def test_trees_are_removed_and_links_in_them_not_followed(app, tmp_path, context):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    old = app / "releases" / "1"
    (old / "deep" / "deeper").mkdir(parents=True)
    (old / "deep" / "file\nwith a line break").write_text("")
    (old / "link").symlink_to(precious)
    assert perform_remove_paths(RemovePaths((str(old), str(app / "none"))), context) is True
    assert not old.exists()
    assert (precious / "file").exists()
    assert perform_remove_paths(RemovePaths((str(old),)), context) is False


def test_a_link_on_the_way_is_not_followed(app, tmp_path, context):
    precious = tmp_path / "precious"
    (precious / "inside").mkdir(parents=True)
    (app / "shared").symlink_to(precious)
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        perform_remove_paths(RemovePaths((str(app / "shared" / "inside"),)), context)
    assert (precious / "inside").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/srv/golive",
        "/srv/golive/other/x",
        "/srv/golive/blog/../other",
        "/srv/golive/blog2",
        "/etc/nginx/conf.d/default.conf",
        "/etc/systemd/system/ssh.service",
        "/run/golive",
        "srv/golive/blog/x",
        "/srv/golive/blog/",
        "",
    ],
)
def test_what_is_not_the_apps_is_refused(context, path):
    with pytest.raises(StepFailed) as failure:
        perform_remove_paths(RemovePaths((path,)), context)
    assert failure.value.code == "internal"


def test_a_removed_file_can_be_restored(app, tmp_path, context):
    site = tmp_path / "etc" / "nginx" / "conf.d" / "golive-blog.conf"
    site.parent.mkdir(parents=True)
    site.write_text("server {}")
    perform_remove_paths(RemovePaths((str(site),)), context)
    assert not site.exists()
    assert context.undos[0]["undo"] == "restore_file"
