"""systemd's environment files (systemd.exec(5), EnvironmentFile=), written and read as systemd reads them."""

import re
from typing import Dict, Iterable, List, Tuple

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SPECIAL = re.compile(r'(["\\`$])')


def render(pairs: Iterable[Tuple[str, str]]) -> str:
    """One quoted line a pair, later ones winning. Raises ValueError for what no environment can hold."""
    return "".join("{}={}\n".format(name, _quoted(name, value)) for name, value in dict(pairs).items())


def _quoted(name: str, value: str) -> str:
    if not NAME.match(name) or "\0" in value:
        raise ValueError("not an environment variable: {!r}".format(name))
    return '"{}"'.format(_SPECIAL.sub(r"\\\1", value))


def parse(text: str) -> Dict[str, str]:
    """The variables of an environment file; what systemd would skip is skipped."""
    found: Dict[str, str] = {}
    rest = text
    while rest:
        line, rest = _take_line(rest)
        name, equals, value = line.partition("=")
        name = name.strip()
        if equals and NAME.match(name):
            found[name] = _value(value)
    return found


def _take_line(text: str) -> Tuple[str, str]:
    """The next assignment, with the lines that a quote or a backslash at the end of one makes it go on for."""
    stripped = text.lstrip(" \t\r\n")
    comment = stripped.startswith(("#", ";"))
    quote = ""
    position = 0
    before_value = True
    while position < len(stripped):
        character = stripped[position]
        if character == "\\" and quote != "'":
            position += 2
            continue
        if character == "\n" and not quote:
            break
        if comment:
            pass
        elif before_value:
            before_value = character != "="
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        position += 1
    line = "" if comment else stripped[:position]
    return line, stripped[position + 1 :]


def _value(text: str) -> str:
    """A value with its quotes and escapes taken away, as parse_env_file() of systemd does it."""
    out: List[str] = []
    keep = 0
    quote = ""
    position = 0
    text = text.lstrip(" \t")
    while position < len(text):
        character = text[position]
        position += 1
        if character == "\\" and quote != "'":
            following = text[position : position + 1]
            position += 1
            if following == "\n":
                continue
            out.append(following if not quote or following in '"\\`$' else "\\" + following)
        elif quote:
            if character == quote:
                quote = ""
                keep = len(out)
                continue
            out.append(character)
        elif character in "\"'":
            quote = character
            continue
        else:
            out.append(character)
            if character in " \t\r":
                continue
        keep = len(out)
    return "".join(out[:keep])
