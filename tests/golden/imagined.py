"""An imagined host: facts, and what they are after a plan was carried out. Enough of it to ask the planner again."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from golive import planner
from golive.model.app import App, EnvName, Health, Process, Service, StaticMount
from golive.model.code import Code
from golive.model.host import Host
from golive.model.plan import Plan
from golive.protocol.facts import Facts
from golive.protocol.steps import SharedPath, Step, kind_of

HOST = Host("web1", "203.0.113.7", "root")

GUESTBOOK = App(
    slug="guestbook",
    framework="flask",
    entry="guestbook:create_app()",
    manifests=("requirements.txt",),
    static=(StaticMount("/static/", "guestbook/static"),),
    persist=(SharedPath("instance", "directory"),),
    databases=("instance/guestbook.sqlite",),
    env=(EnvName("SECRET_KEY", False, True, "guestbook/__init__.py", 12),),
    plain_env=(("FLASK_APP", "guestbook"),),
    migrate=("flask", "db", "upgrade"),
    migrations="migrations",
)

CODE = Code(
    identity="origin-1",
    commit="1" * 40,
    tree="a" * 40,
    dirty=False,
    subject="First version",
    manifests_digest="manifests-1",
    migrations_digest="migrations-1",
    size=200_000,
    files=40,
)

BARE: dict[str, Any] = {
    "format": 1,
    "hostname": "web1",
    "os": {
        "id": "debian",
        "version": "12",
        "codename": "bookworm",
        "name": "Debian GNU/Linux 12 (bookworm)",
        "arch": "x86_64",
    },
    "python": {"version": "3.11.2", "path": "/usr/bin/python3"},
    "systemd": 252,
    "user": {"name": "root", "uid": 0, "root": True, "sudo": ""},
    "clock": 1_800_000_000,
    "memory": {"total": 2_000_000, "available": 1_500_000, "swap": 0},
    "cores": 2,
    "disk": {
        path: {"free": 20_000_000_000, "free_inodes": 1_000_000, "read_only": False}
        for path in ("/srv", "/var", "/etc", "/tmp")
    },
    "addresses": ["203.0.113.7", "10.0.0.7", "2001:db8::7"],
    "ipv6": True,
    "packages": {"git": "", "nginx": "", "python3-venv": ""},
    "apt": {"present": True, "busy": "", "interrupted": False, "lists": True},
    "files": {},
    "units": {"nginx.service": {"load": "not-found", "active": "inactive", "enabled": ""}},
    "users": {"www-data": {"uid": 33, "groups": ["www-data"], "home": "/var/www"}},
    "ports": {"80": None},
    "panels": [],
    "default_sites": {},
    "proxy": {},
    "apps": {},
    "app": None,
    "golive": {"runners": [], "format": 0},
}

NESTED: dict[str, Callable[..., Any]] = {
    "static": StaticMount,
    "persist": SharedPath,
    "env": EnvName,
    "processes": Process,
    "services": Service,
}


class Imagined:
    """A host that believes everything a plan says. ``facts``: the object that a probe would return."""

    def __init__(self) -> None:
        self.facts = copy.deepcopy(BARE)

    def plan(self, errand: dict[str, Any]) -> Plan:
        """Plan an errand: ``{"deploy": {...}}``, ``{"rollback": number or null}``, ``{"again": {...}}`` or
        ``{"down": delete_data}``."""
        ((verb, details),) = errand.items()
        facts = Facts(copy.deepcopy(self.facts))
        if verb == "deploy":
            host = replace(HOST, **details.get("host", {}))
            return planner.plan(app_with(details), code_with(details), host, facts, options_with(details))
        if verb == "rollback":
            return planner.plan_rollback("guestbook", HOST, facts, details)
        if verb == "again":
            change = {name: _tuples(value) for name, value in details.items()}
            return planner.plan_again("guestbook", HOST, facts, planner.Change(**change))
        if verb == "maintenance":
            return planner.plan_maintenance("guestbook", HOST, facts, details)
        return planner.plan_down("guestbook", HOST, facts, details)

    def do(self, errand: dict[str, Any]) -> Plan:
        """Plan an errand and carry it out."""
        plan = self.plan(errand)
        for step in plan.steps:
            self.carry_out(step)
        return plan

    def carry_out(self, step: Step) -> None:
        """What the facts are after STEP; kinds that leave no trace in them are passed over."""
        method = getattr(self, f"_{kind_of(step.action)}", None)
        if method:
            method(step.action)

    def change(self, changes: dict[str, Any]) -> None:
        """Something happens to the host: a nested object laid over its facts."""
        _lay_over(self.facts, changes)

    @property
    def _app(self) -> dict[str, Any]:
        if self.facts["app"] is None:
            empty = {
                "identity": "",
                "current": 0,
                "releases": [],
                "environments": {},
                "env": {"names": [], "digest": ""},
            }
            self.facts["app"] = empty | {"running": None, "unfinished": None, "taken_back": None}
        app: dict[str, Any] = self.facts["app"]
        return app

    def _file(self, path: str, **found: Any) -> None:
        self.facts["files"][path] = {"sha256": "", "mode": 0, "owner": "", "group": "", "target": ""} | found

    def _install_packages(self, action: Any) -> None:
        self.facts["packages"].update(dict.fromkeys(action.names, "1.0"))
        if "nginx" in action.names:
            self.facts["proxy"]["nginx"] = {"version": "1.22.1", "test": ""}
            self.facts["ports"]["80"] = {"program": "nginx", "pid": 1, "unit": "nginx.service"}
            stock = {"file": "/etc/nginx/sites-enabled/default", "stock": True, "patterns": ""}
            self.facts["default_sites"]["80"] = stock
            self.facts["units"]["nginx.service"] = {"load": "loaded", "active": "active", "enabled": "enabled"}

    def _ensure_user(self, action: Any) -> None:
        self.facts["users"][action.name] = {"uid": 999, "groups": [action.name], "home": action.home}
        for member in action.members:
            self.facts["users"][member]["groups"].append(action.name)

    def _remove_user(self, action: Any) -> None:
        self.facts["users"][action.name] = None

    def _ensure_directory(self, action: Any) -> None:
        self._file(action.path, kind="directory", mode=action.mode, owner=action.owner, group=action.group)
        if action.path.startswith("/srv/golive/guestbook/"):
            assert self._app is not None

    def _write_file(self, action: Any) -> None:
        digest = hashlib.sha256(action.content.encode()).hexdigest()
        self._file(action.path, kind="file", sha256=digest, mode=action.mode, owner=action.owner, group=action.group)
        if action.path == "/srv/golive/guestbook/identity":
            self._app["identity"] = action.content
        if action.path.startswith("/etc/nginx/conf.d/"):
            names = next(line for line in action.content.splitlines() if "server_name" in line)
            listen = next(line for line in action.content.splitlines() if "listen" in line)
            words = names.strip(" ;").split()[1:]
            site = {"domains": [word for word in words if word != "~."], "port": int(listen.strip(" ;").split()[1])}
            self.facts["apps"]["guestbook"] = {"identity": "origin-1", "current": 0, "catch_all": "~." in words} | site

    def _receive_code(self, action: Any) -> None:
        self._file(action.repository, kind="directory", mode=0o700, owner="root", group="root")

    def _build_environment(self, action: Any) -> None:
        self._app["environments"][action.path.rpartition("/")[2]] = True

    def _generate_secrets(self, action: Any) -> None:
        names = sorted({*self._app["env"]["names"], *action.names})
        self._app["env"] = {"names": names, "digest": "digest of " + " ".join(names)}
        self._file(action.store, kind="file", mode=0o600, owner="root", group="root")

    def _remove_secrets(self, action: Any) -> None:
        names = sorted({*self._app["env"]["names"]} - {*action.names})
        self._app["env"] = {"names": names, "digest": "digest of " + " ".join(names)}

    def _record_release(self, action: Any) -> None:
        record = json.loads(action.record)
        record["env_digest"] = record["env_digest"] or self._app["env"]["digest"]
        self._app["releases"].append(record | {"created": 1_800_000_000, "complete": True})

    def _enable_unit(self, action: Any) -> None:
        self.facts["units"][action.unit] = {"load": "loaded", "active": "active", "enabled": "enabled"}

    def _start_units(self, action: Any) -> None:
        for unit in action.units:
            self.facts["units"][unit] = {"load": "loaded", "active": "active", "enabled": ""}

    def _stop_units(self, action: Any) -> None:
        for unit in action.units:
            self.facts["units"][unit] = {"load": "not-found", "active": "inactive", "enabled": ""}

    _drain_units = _stop_units

    def _reload_proxy(self, action: Any) -> None:
        self.facts["units"][action.unit]["active"] = "active"

    def _switch_release(self, action: Any) -> None:
        self._app["current"] = int(action.target.rpartition("/")[2])
        self._file(action.link, kind="link", target=action.target)

    def _remove_paths(self, action: Any) -> None:
        app = self._app
        for path in action.paths:
            for known in [known for known in self.facts["files"] if known == path or known.startswith(path + "/")]:
                del self.facts["files"][known]
            parent, _, name = path.rpartition("/")
            app["environments"].pop(name, None)
            if parent.endswith("/releases"):
                app["releases"] = [record for record in app["releases"] if record["number"] != int(name)]
            if path.endswith("/guestbook/releases"):
                app["releases"] = []
            if path.endswith("/guestbook/envs"):
                app["environments"] = {}
            if path.endswith("/guestbook/current"):
                app["current"] = 0
            if path.endswith("/env.json"):
                app["env"] = {"names": [], "digest": ""}
            if path.endswith("/guestbook/identity"):
                app["identity"] = ""


def app_with(details: dict[str, Any]) -> App:
    """The guestbook, with what a case says otherwise."""
    changes = {name: _value(name, value) for name, value in details.get("app", {}).items()}
    return replace(GUESTBOOK, **changes)


def _value(name: str, value: Any) -> Any:
    if name == "health":
        return Health(**value)
    if name in NESTED:
        return tuple(NESTED[name](*entry) for entry in value)
    return (
        tuple(tuple(entry) if isinstance(entry, list) else entry for entry in value)
        if isinstance(value, list)
        else value
    )


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def code_with(details: dict[str, Any]) -> Code:
    """The guestbook's code, with what a case says otherwise. ``version`` N stands for another commit and tree."""
    changes = dict(details.get("code", {}))
    version = changes.pop("version", None)
    if version:
        changes |= {
            "commit": str(version) * 40,
            "tree": "abcdefghijklmnop"[version - 1] * 40,
            "subject": f"Version {version}",
        }
    return replace(CODE, **changes)


def options_with(details: dict[str, Any]) -> planner.Options:
    """Options as a case says."""
    options = details.get("options", {})
    return planner.Options(**{name: tuple(v) if isinstance(v, list) else v for name, v in options.items()})


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            _lay_over(below[name], value)
        else:
            below[name] = value
