"""What a command loads before it has anything to do with SSH, and what it never loads."""

import json
import subprocess
import sys

PRELUDE = "import json, sys\nfrom golive.transport import ssh\n"


def loaded(program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{PRELUDE}{program}\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(json.loads(done.stdout))


def test_the_module_itself_is_light():
    assert not loaded("") & {"asyncssh", "asyncio", "dulwich", "cryptography"}


def test_the_library_comes_without_what_is_not_needed():
    modules = loaded(
        "import ctypes.util\nlook = ctypes.util.find_library\nssh.load()\nassert ctypes.util.find_library is look"
    )
    assert "asyncssh" in modules
    assert not modules & {"cryptography.x509", "asyncssh.crypto.x509"}


def test_warming_up_and_connecting_at_once_is_safe():
    program = """
from golive.errors import HostError
from golive.model.host import Host
ssh.warm_up()
try:
    ssh.SshTransport(Host("x", "no-such-host.invalid")).open()
except HostError as error:
    assert error.code == "host-unresolvable"
else:
    raise AssertionError
"""
    assert "asyncssh" in loaded(program)


def test_nothing_that_only_posix_has_is_needed():
    """Other people's libraries know how to do without; here they may have it, because the test itself is on POSIX."""
    program = """
import asyncio, asyncssh, dulwich.repo, subprocess
names = ("fcntl", "pwd", "grp", "termios", "resource")
for name in names:
    sys.modules[name] = None
import golive.transport.code_git, golive.transport.code, golive.transport.local
import golive.transport.bundle, golive.transport.ssh_root
golive.transport.bundle.bundle()
for name in names:
    assert sys.modules.pop(name) is None
"""
    assert "golive.transport.ssh_login" in loaded(program)
