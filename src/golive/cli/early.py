"""What has to be known before the command line is parsed: the language of its own errors, and their form."""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from golive import locale

_PROBE = "上线"


@dataclass(frozen=True)
class Early:
    """``language``: the wish of ``--lang``, None without one. ``json``: errors as JSON as well."""

    language: str | None
    json: bool


def look(words: Sequence[str]) -> Early:
    """The options of ours that matter before click reads WORDS; what is wrong with them is click's to say."""
    language = None
    json = False
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--":
            break
        if word == "--lang":
            language = following
        elif word.startswith("--lang="):
            language = word.partition("=")[2]
        elif word == "--json":
            json = True
    return Early(language if language in locale.LANGUAGES else None, json)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Our messages and click's are in LANGUAGE (None: the environment's choice), as far as the terminal can show it.

    Click asks gettext's default domain, and that one asks the environment: so it is told there, for the time being.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    chosen = locale.choose(language)
    if chosen != "en" and not shows(_PROBE):
        chosen = "en"
    spoken = locale.active()
    locale.activate(chosen)
    before = os.environ.get("LANGUAGE"), gettext.textdomain()
    gettext.bindtextdomain(locale.DOMAIN, str(locale.FOLDER))
    gettext.textdomain(locale.DOMAIN)
    os.environ["LANGUAGE"] = chosen
    try:
        yield
    finally:
        locale.activate(spoken)
        gettext.textdomain(before[1])
        if before[0] is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before[0]


def shows(text: str) -> bool:
    """Whether standard output can show TEXT: code page 936 has no check mark, ASCII no Chinese."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeError:
        return False
    return True
