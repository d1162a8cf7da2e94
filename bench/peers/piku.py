"""Piku on a practice server, set up by its own guide. Its script comes from whoever runs the bench: PIKU=FILE.

Nothing of Piku is in this repository: the packages are those that its guide names, the units are a few lines.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bench.commands import BenchError, call
from bench.workshop import Workshop
from golive.lab import PracticeServer

PACKAGES = (
    *("git", "nginx", "openssl", "python3-click", "python3-pip", "python3-venv", "python3-virtualenv"),
    *("uwsgi-core", "uwsgi-plugin-python3"),
)
HOME = "/home/piku"
EMPEROR = f"""\
[Service]
ExecStart=/usr/bin/uwsgi --ini {HOME}/.piku/uwsgi/uwsgi.ini
User=piku
Group=www-data
RuntimeDirectory=uwsgi-piku
Restart=always
KillSignal=SIGQUIT
Type=notify
NotifyAccess=all
[Install]
WantedBy=multi-user.target
"""
RELOADER = {
    "piku-nginx.path": f"[Path]\nPathChanged={HOME}/.piku/nginx\n[Install]\nWantedBy=multi-user.target\n",
    "piku-nginx.service": "[Service]\nType=oneshot\nExecStart=/usr/bin/systemctl reload nginx\n",
}
SET_UP = f"""
set -eu
adduser --quiet --disabled-password --gecos Piku --ingroup www-data piku
chmod 0755 {HOME}
install -m 0755 -o piku -g www-data /root/piku.py {HOME}/piku.py
su - piku -c "python3 {HOME}/piku.py setup"
install -m 0644 /root/.ssh/authorized_keys /tmp/key.pub
su - piku -c "python3 {HOME}/piku.py setup:ssh /tmp/key.pub"
rm -f /etc/nginx/sites-enabled/default
echo "include {HOME}/.piku/nginx/*.conf;" >/etc/nginx/conf.d/piku.conf
systemctl daemon-reload
systemctl enable --quiet --now uwsgi-piku.service piku-nginx.path nginx.service
"""


def script() -> Path | None:
    """The file that PIKU names, or None. Raises BenchError if there is no such file."""
    named = os.environ.get("PIKU")
    if not named:
        return None
    if not Path(named).is_file():
        raise BenchError("PIKU names no file")
    return Path(named)


def install(server: PracticeServer, piku: Path) -> None:
    """Make a bare server a Piku one."""
    server.run(["tee", "/root/piku.py"], input=piku.read_text("utf-8"))
    server.run(["apt-get", "-qq", "update"], timeout=300)
    argv = ["apt-get", "-qqy", "-o", "Dpkg::Use-Pty=0", "install", "--no-install-recommends", *PACKAGES]
    server.run(argv, timeout=600, env={"DEBIAN_FRONTEND": "noninteractive"})
    for name, text in {"uwsgi-piku.service": EMPEROR, **RELOADER}.items():
        server.run(["tee", f"/etc/systemd/system/{name}"], input=text)
    server.run(["sh", "-c", SET_UP])


class Pusher:
    """A git working copy whose commits are pushed to Piku."""

    def __init__(self, shop: Workshop, server: PracticeServer, app: Path) -> None:
        self.folder = shop.folder / "piku"
        shutil.copytree(app, self.folder)
        (self.folder / "Procfile").write_text("wsgi: app:app\n", "utf-8")
        (self.folder / "ENV").write_text(f"NGINX_SERVER_NAME={server.address}\n", "utf-8")
        names = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        ssh = " ".join(["ssh", *shop.ssh_options(server)])
        self._env = {**os.environ, **names, "GIT_SSH_COMMAND": ssh, "GIT_CONFIG_GLOBAL": "/dev/null"}
        self._git("init", "--quiet", "--initial-branch=master")
        self._git("remote", "add", "piku", f"piku@{server.address}:bench")

    def deploy(self) -> None:
        """Commit everything and push it."""
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message=bench")
        self._git("push", "--quiet", "piku", "master")

    def _git(self, *words: str) -> None:
        call(["git", *words], env=self._env, cwd=self.folder)
