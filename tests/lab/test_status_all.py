"""A host that has a name, a look at all of it, and its site's address."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from golive.lab import PracticeServer
from person import User

MB = 1024 * 1024


def golive(user: User, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As a person types it, in the app's folder: golive.toml says where to go."""
    command = [sys.executable, "-m", "golive", *words]
    return subprocess.run(command, cwd=folder, env=user.environment(), capture_output=True, text=True, check=False)


def whole(user: User, folder: Path) -> dict[str, Any]:
    done = golive(user, folder, "status", "--all", "--json")
    assert done.returncode == 0, done.stdout
    return next(event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "host_status")


def test_a_named_host_from_its_first_look_to_a_site_and_back(
    provisioned: PracticeServer, app: Path, tmp_path: Path
) -> None:
    user = User(tmp_path / "home", provisioned)
    words = ("host", "add", "cloud", user.host, "-i", str(provisioned.key_path))
    unsure = golive(user, app, *words)
    assert unsure.returncode == 3
    assert "(host-key-refused)" in unsure.stderr
    assert not (app / "golive.toml").exists()
    added = golive(user, app, *words, "--yes")
    assert added.returncode == 0, added.stderr
    for text in ("First contact", "SHA256:", "This host is ready for golive.", "golive up --to cloud"):
        assert text in added.stdout
    assert "default" in golive(user, app, "host", "list").stdout

    bare = whole(user, app)
    assert (bare["apps"], bare["proxies"][0][:5]) == ([], "nginx")
    assert golive(user, app, "open").returncode == 1

    up = golive(user, app, "up", "--yes")
    assert up.returncode == 0, up.stderr
    opened = golive(user, app, "open")
    assert (opened.returncode, opened.stdout) == (0, f"http://{provisioned.address}\n")

    full = whole(user, app)
    (line,) = full["apps"]
    assert (line["name"], line["release"], line["state"]) == ("tiny", 1, "running")
    assert line["url"] == f"http://{provisioned.address}"
    assert 10 * MB < line["memory"] < 300 * MB
    assert 5 * MB < line["disk"] < 300 * MB
    assert (full["golive"]["processes"], full["golive"]["ports"]) == (0, 0)
    assert 50_000 < full["golive"]["files"] < 3 * MB
    assert 0 < full["memory_free"] < full["memory"]
    assert 0 < full["disk_free"] < full["disk"]
    assert len(full["users"]) == 5
    assert "golive-tiny-web-1@1.service" in [share["name"] for share in full["users"]]

    provisioned.run(["systemctl", "stop", "golive-tiny-web-1@1.service"])
    assert whole(user, app)["apps"][0]["state"] == "stopped"
    assert golive(user, app, "down", "--yes").returncode == 0
    assert [(left["state"], left["url"]) for left in whole(user, app)["apps"]] == [("data-only", "")]
    shown = golive(user, app, "status", "--all", "--lang", "zh").stdout
    assert "只剩数据" in shown
    assert "golive 自身：0 个进程，0 个端口" in shown
