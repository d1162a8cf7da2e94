"""What an app declares to need, made ready for pip: encodings, pyproject.toml, and what old pins forget to name."""

import os
import pwd
import re
from typing import List, Tuple

from golive.protocol.steps import BuildEnvironment
from golive.runner.failure import StepFailed

READ_PYPROJECT = """
import sys
try:
    import tomllib
except ImportError:
    try:
        from pip._vendor import tomli as tomllib
    except ImportError:
        from pip._vendor import toml as tomllib
with open(sys.argv[1], encoding="utf-8") as source:
    project = tomllib.loads(source.read()).get("project", {})
with open(sys.argv[2], "w", encoding="utf-8") as target:
    target.write("".join(line + "\\n" for line in project.get("dependencies", [])))
"""
"""Run inside the environment, whose pip has a TOML reader for every Python: [project].dependencies as lines."""

_INCLUDE = re.compile(r"^\s*(-r|--requirement|-c|--constraint)[=\s]+(\S+)", re.M)

_NAMES_INDEX = re.compile(r"^\s*(?:-i\s|--index-url[=\s]|index-url\s*=|\[\[tool\.uv\.index\]\])", re.M)


class Prepared:
    """Manifests that the tools can read: paths of requirements files, pyproject files and lock files."""

    def __init__(self, scratch: str) -> None:
        self.requirements: List[str] = []
        self.pyprojects: List[str] = []
        self.locks: List[str] = []
        self.text = ""
        self._scratch = scratch
        self._count = 0

    def fresh_name(self) -> str:
        """A file name in the scratch folder that nothing has yet."""
        self._count += 1
        return os.path.join(self._scratch, "{}.txt".format(self._count))


def prepare(action: BuildEnvironment, scratch: str, builder: pwd.struct_passwd) -> Prepared:
    """Sort the manifests, and copy those into SCRATCH that are in an encoding that pip cannot read."""
    os.mkdir(scratch, 0o755)
    prepared = Prepared(scratch)
    for name in action.manifests:
        path = os.path.join(action.project, name)
        if os.path.basename(name) == "uv.lock":
            prepared.locks.append(path)
        elif os.path.basename(name) == "pyproject.toml":
            prepared.pyprojects.append(path)
        else:
            prepared.requirements.append(_readable(path, prepared))
    os.chown(scratch, builder.pw_uid, builder.pw_gid)
    return prepared


def _readable(path: str, prepared: Prepared, depth: int = 0) -> str:
    """PATH, or a copy in UTF-8 if it, or a file that it includes, is not in UTF-8."""
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise StepFailed("environment-failed", command=path, error=error.strerror or "")
    text = decode(content)
    prepared.text += text + "\n"
    folder = os.path.dirname(path)
    included = {}
    for match in _INCLUDE.finditer(text):
        inner = os.path.join(folder, match.group(2))
        if depth < 10 and os.path.isfile(inner):
            included[match.group(2)] = _readable(inner, prepared, depth + 1)
    changed = {name: copy for name, copy in included.items() if copy != os.path.join(folder, name)}
    if text.encode("utf-8") == content and not changed:
        return path
    return _copy(text, folder, included, prepared)


def _copy(text: str, folder: str, included: "dict[str, str]", prepared: Prepared) -> str:
    """The text in UTF-8 in the scratch folder; paths in it, which are relative to its folder, made absolute."""

    def absolute(match: "re.Match[str]") -> str:
        name = match.group(2)
        return "{} {}".format(match.group(1), included.get(name, os.path.join(folder, name)))

    text = _INCLUDE.sub(absolute, text)
    text = re.sub(
        r"^(\s*(?:-e\s+|--editable[=\s]+)?)(\.{1,2}/?\S*)",
        lambda m: m.group(1) + os.path.join(folder, m.group(2)),
        text,
        flags=re.M,
    )
    name = prepared.fresh_name()
    with open(name, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.chmod(name, 0o644)
    return name


def decode(content: bytes) -> str:
    """Text of a requirements file, as Windows shells and Chinese editors write them too."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def name_an_index(action: BuildEnvironment, prepared: Prepared) -> bool:
    """Whether the app itself says where its packages come from. pip obeys that by itself, uv only if nobody else says
    anything. Twin: ``golive.detect.indexes``, for plans that know the app's folder."""
    text = prepared.text
    folders = [os.path.dirname(os.path.join(action.project, name)) for name in action.manifests]
    for folder in dict.fromkeys(folders):
        try:
            with open(os.path.join(folder, "pyproject.toml"), "rb") as stream:
                text += "\n" + decode(stream.read())
        except OSError:
            continue
    return bool(_NAMES_INDEX.search(text))


def extras(action: BuildEnvironment, prepared: Prepared, version: Tuple[int, int]) -> List[str]:
    """Our own requirements, and setuptools where old pins need it from it without saying so."""
    wanted = list(action.extras)
    if version >= (3, 12) and needs_pkg_resources(prepared.text):
        wanted.append("setuptools<81")
    return wanted


def needs_pkg_resources(text: str) -> bool:
    """Whether a pin is of a gunicorn before 20.2 or a Flask before 2: both import pkg_resources of setuptools < 81."""
    pins = re.findall(r"^\s*(gunicorn|flask)(?:\[[^\]]*\])?\s*==\s*(\d+)(?:\.(\d+))?", text, re.M | re.I)
    oldest_good = {"gunicorn": (20, 2), "flask": (2, 0)}
    return any((int(major), int(minor or 0)) < oldest_good[name.lower()] for name, major, minor in pins)
