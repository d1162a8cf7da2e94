"""The user's language: which one it is, and every message in it.

Texts are English in the code, marked with ``_`` (translated here and now) or ``N_`` (only marked, translated where
they are shown). Catalogs: ``LANGUAGE/LC_MESSAGES/golive.po``, made and compiled by ``make catalogs``.
"""

from __future__ import annotations

import gettext as _gettext
import os
import sys
from collections.abc import Mapping
from pathlib import Path

DOMAIN = "golive"
FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")

_WINDOWS_PRIMARY_LANGUAGE = 0x3FF
_WINDOWS_CHINESE = 0x04

_translations: _gettext.NullTranslations = _gettext.NullTranslations()
_language = "en"


def choose(explicit: str | None = None, environ: Mapping[str, str] | None = None) -> str:
    """``en`` or ``zh``: EXPLICIT, else GOLIVE_LANG, else the locale's variables, else the system's own language."""
    environ = os.environ if environ is None else environ
    variables = [environ.get(name) for name in ("GOLIVE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    for wish in (explicit, *variables):
        if wish:
            return _nearest(wish)
    return _nearest(_system_language())


def activate(language: str | None = None) -> str:
    """Every message is in LANGUAGE (None: chosen by the environment) from now on. Returns which it is."""
    global _translations, _language
    _language = choose(language)
    _translations = _gettext.translation(DOMAIN, FOLDER, [_language], fallback=True)
    return _language


def active() -> str:
    """The language of the last ``activate``."""
    return _language


def _(message: str) -> str:
    """MESSAGE in the user's language. The empty one stays empty (gettext's own answer would be the catalog's head)."""
    return _translations.gettext(message) if message else ""


def N_(message: str) -> str:  # noqa: N802 (the name that extraction tools know)
    """MESSAGE as it is: marked for the catalog, translated later."""
    return message


def ngettext(singular: str, plural: str, number: int) -> str:
    """The right form for NUMBER in the user's language."""
    return _translations.ngettext(singular, plural, number)


def _nearest(wish: str) -> str:
    """The language we have that is nearest to a locale's name (``zh_CN.UTF-8``, ``zh-Hans``, ``C``)."""
    return "zh" if wish.lower().startswith(("zh", "chinese")) else "en"


def _system_language() -> str:
    """What the desktop is set to, where asking is cheap: Windows. Elsewhere terminals say it in LANG."""
    if sys.platform == "win32":
        import ctypes

        language = int(ctypes.windll.kernel32.GetUserDefaultUILanguage())
        return "zh" if language & _WINDOWS_PRIMARY_LANGUAGE == _WINDOWS_CHINESE else "en"
    if sys.platform == "darwin":
        return _apple_language(Path.home() / "Library" / "Preferences" / ".GlobalPreferences.plist")
    return "en"


def _apple_language(preferences: Path) -> str:
    """The first of macOS's preferred languages, read from its own file (no program to start)."""
    import plistlib

    try:
        with preferences.open("rb") as file:
            languages = plistlib.load(file).get("AppleLanguages", [])
    except (OSError, ValueError):
        return "en"
    return str(languages[0]) if languages else "en"
