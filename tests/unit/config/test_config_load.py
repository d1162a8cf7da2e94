"""golive.toml: what is understood, and how what is not understood is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.config import Settings, load, looks_secret, parse
from golive.errors import ConfigError
from golive.model.app import Health

EVERYTHING = """\
name = "shop"
runtime = "native"

[app]
entry = "shop.web:create_app()"
chdir = "src"
framework = "flask"
python = ">=3.10,<3.13"
dependencies = ["requirements/prod.txt"]
tool = "uv"
server = "gunicorn"
workers = 3
threads = 2
static = { "/assets/" = "shop/assets" }
persist = ["data/", "app.db"]
migrate = ["flask", "--app", "shop.web", "db", "upgrade"]
port = 8080
domains = ["shop.example.com"]
proxy = "nginx"
upload_limit = "100m"

[health]
path = "/up"
expect = [200, 204]
timeout = 30

[env]
LANGUAGE = "zh"

[hosts.web1]
address = "203.0.113.7"
user = "root"
port = 2222
identity = "~/.ssh/id_ed25519"
visited_as = "shop.example.com"
roles = ["web"]
default = true

[services.redis]
env = "REDIS_URL"

[processes.mail]
command = "celery -A shop worker"
instances = 2
"""


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.exit_status == 64
    assert caught.value.params.get("file") == "golive.toml"
    return caught.value


def test_a_missing_file_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings()


def test_everything_that_can_be_said_is_understood() -> None:
    settings = parse(EVERYTHING)
    assert settings.name == "shop"
    assert settings.app.entry == "shop.web:create_app()"
    assert settings.app.static == (("/assets/", "shop/assets"),)
    assert settings.app.persist == ("data/", "app.db")
    assert settings.app.migrate == ("flask", "--app", "shop.web", "db", "upgrade")
    assert settings.health == Health("/up", (200, 204), 30)
    assert settings.env == (("LANGUAGE", "zh"),)
    assert settings.hosts[0].roles == ("web",)
    assert (settings.services[0].kind, settings.services[0].env) == ("redis", "REDIS_URL")
    assert (settings.processes[0].name, settings.processes[0].instances) == ("mail", 2)


def test_false_switches_a_guess_off() -> None:
    settings = parse("[app]\nmigrate = false\nstatic = false\n[services]\nredis = false\n[processes]\nmail = false\n")
    assert settings.app.migrate == ()
    assert settings.app.static == ()
    assert not settings.services[0].used
    assert settings.processes[0].command == ""


def test_not_said_is_not_empty() -> None:
    settings = parse('[app]\npersist = []\n[app.static]\n"/s/" = "s"\n')
    assert settings.app.persist == ()
    assert settings.app.migrate is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_windows_editors_are_fine(tmp_path: Path, encoding: str, line_end: str) -> None:
    text = "# 设置\nname = 'shop'\n[app]\nport = 81\n".replace("\n", line_end)
    (tmp_path / "golive.toml").write_bytes(text.encode(encoding))
    settings = load(tmp_path)
    assert (settings.name, settings.app.port, settings.line("app.port")) == ("shop", 81, 4)


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "golive.toml").write_bytes("name = 'x'\n# 设置\n".encode("gbk"))
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert (caught.value.code, caught.value.params["line"]) == ("config-encoding", 2)


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "golive.toml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert caught.value.code == "config-unreadable"


@pytest.mark.parametrize(
    ("text", "line"),
    [("name = 'a'\n[app\n", 2), ("name = 'a'\nport = \n", 2), ("a = 1\na = 2\n", 2), ("name = 'a\n", 1)],
)
def test_bad_syntax_names_its_line(text: str, line: int) -> None:
    error = refusal(text)
    assert (error.code, error.params["line"]) == ("config-syntax", line)
    assert "line" not in str(error.params["reason"])


@pytest.mark.parametrize(
    ("text", "key", "line", "nearest"),
    [
        ("nmae = 'x'\n", "nmae", 1, "name"),
        ("name = 'x'\n\n[app]\n# one\nworkes = 3\n", "app.workes", 5, "workers"),
        ("entry = 'a:b'\n", "entry", 1, "app.entry"),
        ("[app]\nzzz = 1\n", "app.zzz", 2, ""),
        ("[hosts.a]\naddress = 'a.b'\nadress = 'a'\n", "hosts.a.adress", 3, "address"),
        ("[services.postgresql]\n", "services.postgresql", 1, "postgres"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_name(text: str, key: str, line: int, nearest: str) -> None:
    error = refusal(text)
    assert error.code == "config-unknown-key"
    assert (error.params["key"], error.params["line"], error.params["nearest"]) == (key, line, nearest)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("name = 'My App'", "name", "name"),
        ("name = 'a-name-that-is-too-long'", "name", "name"),
        ("name = 'build'", "name", "name"),
        ("name = 'run-shop'", "name", "name"),
        ("name = 3", "name", "name"),
        ("app = 3", "app", "table"),
        ("[app]\nentry = 'wsgi.py'", "app.entry", "entry"),
        ("[app]\nentry = 'wsgi:app; rm -rf /'", "app.entry", "entry"),
        ("[app]\nchdir = '/etc'", "app.chdir", "relative-path"),
        ("[app]\nchdir = 'a/../../b'", "app.chdir", "relative-path"),
        ("[app]\npersist = ['a', '..']", "app.persist", "relative-path"),
        ("[app]\npersist = 'a'", "app.persist", "list"),
        ('[app]\npersist = ["a\\nb"]', "app.persist", "relative-path"),
        ('[app]\nchdir = "a\\n"', "app.chdir", "relative-path"),
        ("[app]\npython = 'new'", "app.python", "python-versions"),
        ("[app]\ntool = 'pip3'", "app.tool", "one-of"),
        ("[app]\nworkers = -1", "app.workers", "whole-number"),
        ("[app]\nworkers = true", "app.workers", "whole-number"),
        ("[app]\nport = 65536", "app.port", "whole-number"),
        ("[app]\nport = '80'", "app.port", "whole-number"),
        ("[app]\ndomains = ['http://a.b/']", "app.domains", "domain"),
        ("[app]\ndomains = ['a.b; include /x']", "app.domains", "domain"),
        ("[app]\nmigrate = true", "app.migrate", "list"),
        ("[app]\nmigrate = []", "app.migrate", "list"),
        ("[app]\nupload_limit = '20 MB'", "app.upload_limit", "size"),
        ("[app]\nstatic = { 'static' = 'static' }", "app.static.static", "url-prefix"),
        ("[health]\npath = 'up'", "health.path", "url-path"),
        ("[health]\nexpect = [2000]", "health.expect", "whole-number"),
        ("[env]\nDEBUG = 1", "env.DEBUG", "env-text"),
        ("[env]\n'1X' = 'a'", "env.1X", "variable"),
        ("[hosts.a]\naddress = 'root@1.2.3.4'", "hosts.a.address", "address"),
        ("[hosts.a]\naddress = '-oProxyCommand=x'", "hosts.a.address", "address"),
        ("[hosts.a]\naddress = '1.2.3.4'\nroles = ['db']", "hosts.a.roles", "one-of"),
        ("[hosts.a]\naddress = '1.2.3.4'\ndefault = 'yes'", "hosts.a.default", "flag"),
        ("[processes.Web]\ncommand = 'x'", "processes.Web", "process-name"),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected(text: str, key: str, expected: str) -> None:
    error = refusal(text)
    assert error.code == "config-wrong-value"
    assert (error.params["key"], error.params["expected"]) == (key, expected)
    assert error.params["line"] == text.count("\n", 0, text.find(key.rpartition(".")[2])) + 1


def test_a_host_without_an_address_is_refused() -> None:
    error = refusal("[hosts.a]\nuser = 'root'\n")
    assert (error.code, error.params["key"], error.params["line"]) == ("config-missing-key", "hosts.a.address", 1)
    assert error.params["expected"] == "address"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("runtime = 'docker'", "docker"),
        ("runtime = 'swarm'", "swarm"),
        ("[app]\nproxy = 'apache'", "apache"),
        ("[app]\nserver = 'uwsgi'", "uwsgi"),
        ("[app]\nframework = 'django'", "django"),
    ],
)
def test_what_comes_later_is_refused_as_such(text: str, value: str) -> None:
    error = refusal(text)
    assert (error.code, error.params["value"]) == ("not-yet", value)
    assert error.params["choices"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hunter2"),
        ("MAIL_PASSWORD", "hunter2"),
        ("OPENAI_API_KEY", "hunter2"),
        ("DATABASE_URL", "mysql://me:hunter2@db/x"),
    ],
)
def test_secrets_do_not_belong_here_and_are_never_repeated(name: str, value: str) -> None:
    error = refusal(f"[env]\nLANGUAGE = 'zh'\n{name} = '{value}'\n")
    assert (error.code, error.params["key"], error.params["line"]) == ("config-secret", f"env.{name}", 3)
    assert "hunter2" not in repr(error.params)


def test_a_wrong_value_in_env_is_not_repeated_either() -> None:
    assert "hunter2" not in repr(refusal("[env]\nSETTING = ['hunter2']").params)


@pytest.mark.parametrize("name", ["DATABASE_URL", "LANGUAGE", "KEYBOARD", "MONKEY", "PUBLIC_URL"])
def test_ordinary_names_are_no_secrets(name: str) -> None:
    assert not looks_secret(name, "sqlite:///app.db")


def test_of_several_problems_the_first_line_is_told() -> None:
    assert refusal("[app]\nzzz = 1\n[env]\nTOKEN = 'x'\n[health]\nyyy = 1\n").params["line"] == 2
