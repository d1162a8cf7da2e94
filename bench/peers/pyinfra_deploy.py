# mypy: ignore-errors
"""A pyinfra deploy of the guestbook's resources, as its documentation would have it written."""

import json
from pathlib import Path

from pyinfra import host
from pyinfra.operations import apt, files, server, systemd

wanted = json.loads(Path(host.data.resources).read_text("utf-8"))

apt.packages(name="Packages", packages=wanted["packages"])
for user in wanted["users"]:
    server.user(
        name=f"User {user['name']}",
        user=user["name"],
        home=user["home"],
        shell=user["shell"],
        system=True,
        ensure_home=False,
    )
for member in wanted["members"]:
    server.user(
        name=f"Member {member['user']}", user=member["user"], groups=[member["group"]], append=True, ensure_home=False
    )
for entry in wanted["directories"]:
    files.directory(
        name=f"Folder {entry['path']}",
        path=entry["path"],
        user=entry["owner"],
        group=entry["group"],
        mode=entry["mode"],
    )
for entry in wanted["files"]:
    files.put(
        name=f"File {entry['path']}",
        src=entry["source"],
        dest=entry["path"],
        user=entry["owner"],
        group=entry["group"],
        mode=entry["mode"],
    )
for link in wanted["links"]:
    files.link(name=f"Link {link['path']}", path=link["path"], target=link["target"])
for unit in wanted["started"]:
    systemd.service(name=f"Started {unit}", service=unit, running=True)
for unit in wanted["enabled"]:
    systemd.service(name=f"Enabled {unit}", service=unit, running=None, enabled=True)
