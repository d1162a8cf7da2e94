"""Everything that can keep golive from getting in, and the ways in that need a person to type something."""

from __future__ import annotations

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from golive.lab import PracticeServer
from person import Said, User, ask
from terminal import Terminal

PASSWORD = "correct horse; rm -rf / '$HOME'"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Visitor(User):
    """A person who says by other words where to go."""

    def __init__(self, home: Path, server: PracticeServer, *reach: str) -> None:
        super().__init__(home, server)
        self._reach = list(reach)

    @property
    def reach(self) -> list[str]:
        return self._reach


@dataclass(frozen=True)
class Refusal:
    """A way not to get in: how it is called, and what the person has to be told in English."""

    code: str
    reach: tuple[str, ...]
    words: tuple[str, ...]


def assert_told(said: Said, refusal: Refusal) -> None:
    assert (said.status, said.finished["code"]) == (3, refusal.code), said.text
    told = said.finished["message"] + said.finished["hint"]
    for word in refusal.words:
        assert word in told, f"{word!r} is not in {told}"
    assert "%(" not in told
    assert said.stderr == ""


def assert_told_in_chinese(said: Said, code: str) -> None:
    assert (said.status, said.finished["code"]) == (3, code), said.text
    for text in (said.finished["message"], said.finished["hint"]):
        assert CHINESE.search(text), text
        assert "%(" not in text


def make_key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def encrypted(key: Path, path: Path, passphrase: str) -> Path:
    """A copy of KEY that needs a passphrase."""
    shutil.copyfile(key, path)
    path.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", str(path)], check=True)
    return path


def test_each_way_not_to_get_in_is_named_in_both_languages(server: PracticeServer, app: Path, tmp_path: Path) -> None:
    key, address = str(server.key_path), server.address
    wrong = str(make_key(tmp_path / "wrong"))
    locked = str(encrypted(server.key_path, tmp_path / "locked", "open sesame"))
    refusals = [
        Refusal("login-refused", ("--to", f"root@{address}", "-i", wrong), (address, "“root”", "ubuntu", "--identity")),
        Refusal("login-refused", ("--to", f"lisi@{address}", "-i", key), ("“lisi”", "root, ubuntu, debian", "admin")),
        Refusal("host-unreachable", ("--to", f"root@{address}:2222", "-i", key), ("2222", "nothing listens")),
        Refusal("host-unresolvable", ("--to", "root@nowhere.invalid", "-i", key), ("nowhere.invalid", "spelling")),
        Refusal("passphrase-wrong", ("--to", f"root@{address}", "-i", locked), (locked, "encrypted", "ssh-add")),
        Refusal("host-unreachable", ("--to", "root@10.77.0.1:80", "-i", key), ("10.77.0.1", "port 80")),
    ]

    def tell(refusal: Refusal, language: str) -> Said:
        person = Visitor(tmp_path / language, server, *refusal.reach, "--yes", "--lang", language)
        return person.golive("up", str(app))

    with ThreadPoolExecutor(4) as pool:
        english = [pool.submit(tell, refusal, "en") for refusal in refusals]
        chinese = [pool.submit(tell, refusal, "zh") for refusal in refusals]
    for refusal, first, second in zip(refusals, english, chinese, strict=True):
        assert_told(first.result(), refusal)
        assert_told_in_chinese(second.result(), refusal.code)

    with Terminal(
        ["host", "check", "--to", f"root@{address}", "--identity", locked],
        User(tmp_path / "en", server).environment(),
        app,
    ) as terminal:
        terminal.answer("Passphrase of the key", "open barley")
        terminal.answer("Passphrase of the key", "open sesame")
    assert terminal.status == 0, terminal.screen
    assert "That was not right." in terminal.screen

    server.network(False)
    # Silence, or the neighbours' report of it: which of both comes first is the network's choice.
    silent = Refusal("host-unreachable", ("--to", f"root@{address}", "-i", key), (address, "the host is off"))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(tell, silent, "en"), pool.submit(tell, silent, "zh")
    assert_told(first.result(), silent)
    assert_told_in_chinese(second.result(), "host-unreachable")
    server.network(True)
    assert server.run(["ls", "/srv/golive"], check=False).stdout == ""


def test_a_changed_host_key_stops_everything_until_it_is_trusted(server: PracticeServer, tmp_path: Path) -> None:
    user = User(tmp_path / "home", server)
    named = Visitor(tmp_path / "other", server, "--to", server.name)
    assert user.golive("host", "check").status == 0
    first = named.golive("host", "check")
    assert first.status == 0, first.text
    assert "host-key-new" not in first.text, "the lab's own record of the key is enough"

    server.run(["rm", "/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ed25519_key.pub"])
    server.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/ssh_host_ed25519_key"])
    server.run(["systemctl", "restart", "ssh"])
    shown = server.run(["ssh-keygen", "-l", "-f", "/etc/ssh/ssh_host_ed25519_key.pub"]).stdout.split()[1]
    for person in (user, named):
        refused = person.golive("host", "check")
        known = refused.finished["params"]["known"][0]
        words = (known, shown, "golive host trust", "installed anew")
        assert_told(refused, Refusal("host-key-changed", (), words))
        assert_told_in_chinese(person.golive("host", "check", "--lang", "zh"), "host-key-changed")

    trusted = Visitor(user.home, server, "--yes").golive("host", "trust", f"root@{server.address}")
    assert trusted.status == 0, trusted.text
    change = next(event for event in trusted.events if event.get("code") == "host-key-change")
    assert change["params"]["new"] == shown
    assert change["params"]["old"] == known
    assert user.golive("host", "check").status == 0
    assert Visitor(named.home, server, "--yes").golive("host", "trust", server.name).status == 0
    assert named.golive("host", "check").status == 0

    server.reset()
    assert named.golive("host", "check").status == 0, "a practice server made anew is known to this computer"
    assert user.golive("host", "check").finished["code"] == "host-key-changed"


def test_a_password_opens_the_door_and_a_key_keeps_it_open(
    provisioned: PracticeServer, app: Path, tmp_path: Path
) -> None:
    server = provisioned
    server.set_password("root", PASSWORD)
    to = ["--to", f"root@{server.address}"]
    person = Visitor(tmp_path / "home", server, *to, "--yes")
    assert_told(person.golive("up", str(app)), Refusal("login-refused", (), ("“root”",)))

    with Terminal(["up", str(app), *to], person.environment(), app) as terminal:
        terminal.answer("Password of root", "wrong")
        terminal.expect("That was not right.")
        terminal.answer("Password of root", PASSWORD)
        terminal.answer("Log in to", "y")
        terminal.expect("lets this computer's key in")
        terminal.expect("is live at")
    assert terminal.status == 0, terminal.screen
    assert ask(server.address) == (200, "answer 1")
    again = person.golive("up", str(app))
    assert (again.status, again.finished["changed"]) == (0, 0), again.text
    assert_secret_is_nowhere(server, person, terminal.screen)


def test_who_may_use_sudo_can_do_all_and_who_may_not_is_told(
    provisioned: PracticeServer, app: Path, tmp_path: Path
) -> None:
    server, key = provisioned, str(provisioned.key_path)
    for name, sudo in (("ann", "password"), ("ben", "free"), ("eve", "")):
        server.add_user(name, sudo)
        server.run(["chpasswd"], input=f"{name}:{PASSWORD}\n")

    def person(name: str) -> Visitor:
        return Visitor(tmp_path / "home", server, "--to", f"{name}@{server.address}", "--identity", key, "--yes")

    ann = person("ann")
    assert_told(ann.golive("up", str(app)), Refusal("no-root", (), ("root's rights", "none was given")))
    with Terminal(["up", str(app), *ann.reach[:-1]], ann.environment(), app) as terminal:
        terminal.answer("Password of ann", "wrong")
        terminal.expect("That was not right.")
        terminal.answer("Password of ann", PASSWORD)
        terminal.expect("is live at")
    assert terminal.status == 0, terminal.screen
    assert ask(server.address) == (200, "answer 1")

    ben = person("ben").golive("up", str(app))
    assert (ben.status, ben.finished["changed"]) == (0, 0), ben.text
    assert person("ben").golive("rollback", cwd=app).finished["code"] == "nothing-to-roll-back-to"

    eve = person("eve")
    with Terminal(["up", str(app), *eve.reach[:-1]], eve.environment(), app) as refused:
        refused.answer("Password of eve", PASSWORD)
        refused.expect("user may not use sudo")
    assert refused.status == 3, refused.screen
    assert_secret_is_nowhere(server, ann, terminal.screen + refused.screen)


def assert_secret_is_nowhere(server: PracticeServer, person: User, screen: str) -> None:
    assert PASSWORD not in screen
    assert PASSWORD not in server.run(["journalctl", "-q", "--no-pager"]).stdout
    found = server.run(["grep", "-rlF", "--", PASSWORD, "/srv", "/var/lib/golive", "/var/log"], check=False)
    assert found.stdout == ""
    assert all(PASSWORD.encode() not in path.read_bytes() for path in person.home.rglob("*") if path.is_file())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_verdict_on_a_good_host_and_on_a_bad_one(server: PracticeServer, tmp_path: Path, language: str) -> None:
    user = User(tmp_path / "home", server)
    with Terminal(["host", "check", *user.reach, "--lang", language], user.environment(), tmp_path) as good:
        pass
    assert good.status == 0, good.screen
    assert {"en": "This host is ready for golive.", "zh": "golive"}[language] in good.screen
    release = server.run(["cat", "/etc/os-release"]).stdout
    server.run(["tee", "/etc/os-release"], input=release.replace("ID=debian", "ID=fedora").replace("Debian", "Fedora"))
    with Terminal(["host", "check", *user.reach, "--lang", language], user.environment(), tmp_path) as bad:
        pass
    assert bad.status == 1, bad.screen
    assert "(os-unsupported)" in bad.screen
    assert bool(CHINESE.search(bad.screen)) == (language == "zh")
