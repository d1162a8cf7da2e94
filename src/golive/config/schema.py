"""What golive.toml may say: the one declaration that validation and the published JSON Schema come from."""

from __future__ import annotations

import json
from typing import Any

from golive.config.kinds import Choice, Flag, Key, Named, OrFalse, Several, Table, Text, Whole

# Relative, inside the app's folder, no "..": it becomes a path on the host. ($(?!\n): Python's $ allows a line end.)
RELATIVE = r"^(?!/)(?!.*(^|/)\.\.(/|$))[^\\\x00-\x1f]*$(?!\n)"
LINE = r"^[^\x00-\x1f]*$(?!\n)"
ENTRY = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\([^\x00-\x1f]*\))?$(?!\n)"
VERSIONS = r"^\s*((~=|==|!=|<=|>=|<|>)?\s*[0-9]+(\.[0-9]+)*(\.\*)?\s*(,\s*|$(?!\n)))+$(?!\n)"
DOMAIN = r"^(?=.{1,253}$(?!\n))([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9]$(?!\n)"
ADDRESS = r"^[A-Za-z0-9_]([A-Za-z0-9_.:%-]*[A-Za-z0-9_])?$(?!\n)|^::[0-9A-Fa-f:.]*$(?!\n)"
USER = r"^[A-Za-z_][A-Za-z0-9_.-]*\$?$(?!\n)"
SIZE = r"^[1-9][0-9]{0,5}[kmg]?$(?!\n)"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)"
# Not what golive's own users and units are called: golive-build, golive-run-APP, golive-drain-APP-N.
SLUG = r"^(?!build$|run-|drain-)[a-z]([a-z0-9-]{0,18}[a-z0-9])?$(?!\n)"
LABEL = r"^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$(?!\n)"
PROCESS = r"^[a-z][a-z0-9]{0,19}$(?!\n)"
PREFIX = r"^/([A-Za-z0-9._~-]+/)+$(?!\n)"
MIRROR = r"^(own|https?://[^\s@\"'\\#?]+)$(?!\n)"
URL_PATH = r"^/[!-~]*$(?!\n)"

MOST_INSTANCES = 64
ROLES = ("web", "worker", "cron")
SERVICES = ("mysql", "mongodb", "redis", "postgres")
FRAMEWORKS_LATER = ("django", "fastapi", "starlette", "quart", "sanic", "bottle", "falcon", "tornado", "aiohttp")

APP = Table(
    {
        "entry": Key(Text("entry", ENTRY), 'What the app server imports, "module:app" or "module:create_app()".'),
        "chdir": Key(Text("relative-path", RELATIVE), 'The folder the entry is imported from, "" for the app\'s own.'),
        "framework": Key(Choice(("flask",), FRAMEWORKS_LATER), "The web framework."),
        "python": Key(Text("python-versions", VERSIONS), 'Which Pythons will do: "3.12" or ">=3.10,<3.13".'),
        "dependencies": Key(Several(Text("relative-path", RELATIVE)), "Files that list what to install."),
        "tool": Key(Choice(("pip", "uv")), "What installs the dependencies."),
        "server": Key(
            Choice(("gunicorn",), ("uwsgi", "uvicorn", "granian", "waitress", "hypercorn")), "The app server."
        ),
        "workers": Key(Whole(0, 128), "Worker processes of the app server; 0: from the host's cores and memory."),
        "threads": Key(Whole(0, 256), "Threads of each worker; 0: golive decides."),
        "instances": Key(Whole(1, MOST_INSTANCES), "How often the web process runs; without it golive scale says."),
        "static": Key(
            OrFalse(Named(Text("relative-path", RELATIVE), PREFIX, "url-prefix")),
            "Folders that the proxy serves itself, by URL prefix; false: none.",
        ),
        "persist": Key(
            Several(Text("relative-path", RELATIVE)),
            "Files and folders that the app writes and that outlive a release; a folder ends with /.",
        ),
        "migrate": Key(
            OrFalse(Several(Text("line", LINE), least=1)), "The command that migrates the database; false: none."
        ),
        "port": Key(Whole(1, 65535), "The port that visitors use."),
        "domains": Key(Several(Text("domain", DOMAIN)), "The site's domain names."),
        "proxy": Key(Choice(("nginx",), ("apache",)), "The proxy in front of the app."),
        "upload_limit": Key(Text("size", SIZE), 'The largest request that is let through: "20m".'),
    }
)

HEALTH = Table(
    {
        "path": Key(Text("url-path", URL_PATH), "The page that is asked before a release gets traffic."),
        "expect": Key(Several(Whole(100, 599)), "HTTP statuses that count as healthy; empty: the usual ones."),
        "timeout": Key(Whole(1, 3600), "Seconds that the app may take to answer at first."),
    }
)

HOST = Table(
    {
        "address": Key(Text("address", ADDRESS), "Its IP address or name."),
        "user": Key(Text("user", USER), "Who to log in as."),
        "port": Key(Whole(1, 65535), "SSH's port."),
        "identity": Key(Text("line", LINE), "The private key file."),
        "visited_as": Key(Text("address", ADDRESS), "What visitors type, when it is another address."),
        "roles": Key(Several(Choice(ROLES), least=1), "Which kinds of process run there."),
        "default": Key(Flag(), "Meant when no host is named."),
    },
    required=("address",),
)

MIRRORS = Table(
    {
        "preset": Key(Choice(("cn",)), "cn: one of mainland China's mirrors, the fastest."),
        "apt": Key(Text("mirror", MIRROR), 'Where system packages come from; "own": from where the host says.'),
        "pypi": Key(Text("mirror", MIRROR), 'Where Python packages come from; "own": from where the host says.'),
        "python": Key(Text("mirror", MIRROR), "Where standalone Pythons come from, once an app needs one."),
    }
)

SERVICE = Table({"env": Key(Text("variable", VARIABLE), "The environment variable that gets its address.")})

PROCESS_TABLE = Table(
    {
        "kind": Key(Choice(("worker", "cron")), "worker: runs all the time; cron: runs on a schedule."),
        "command": Key(Text("line", LINE), "What to run."),
        "instances": Key(Whole(1, MOST_INSTANCES), "How many of it; without it golive scale says."),
    },
    required=("command",),
)

GOLIVE_TOML = Table(
    {
        "name": Key(Text("name", SLUG), "The app's short name on the host."),
        "runtime": Key(Choice(("native",), ("docker", "swarm")), "How the app runs on the host."),
        "app": Key(APP, "What golive should know about the app, where its own reading is not right."),
        "health": Key(HEALTH, "How to ask a new release whether it works."),
        "env": Key(
            Named(Text("env-text", LINE, private=True), VARIABLE, "variable"),
            "Settings that are no secret, given to the app as environment variables.",
        ),
        "hosts": Key(Named(HOST, LABEL, "host-name"), "Where the app goes, by name."),
        "mirrors": Key(MIRRORS, "Where packages come from; without it the fastest is found when some are needed."),
        "services": Key(
            Table({kind: Key(OrFalse(SERVICE), f"The app uses {kind}; false: it does not.") for kind in SERVICES}),
            "Backing services.",
        ),
        "processes": Key(
            Named(OrFalse(PROCESS_TABLE), PROCESS, "process-name"), "What the app runs beside the web process."
        ),
    }
)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of golive.toml, for editors."""
    schema: dict[str, Any] = _portable(GOLIVE_TOML.schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "golive.toml"} | schema


def json_schema_text() -> str:
    """The published file ``golive.schema.json``."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _portable(schema: Any) -> Any:
    """Patterns without what only Python's ``re`` needs: in JavaScript ``$`` is the very end already."""
    if isinstance(schema, dict):
        return {
            name: item.replace(r"$(?!\n)", "$") if name == "pattern" and isinstance(item, str) else _portable(item)
            for name, item in schema.items()
        }
    return [_portable(item) for item in schema] if isinstance(schema, list) else schema
