"""The message catalogs: collect from the code, merge, compile, and say what is missing.

``python tools/catalogs.py update`` writes ``src/golive/locale/zh/LC_MESSAGES/golive.po`` and ``.mo``;
``python tools/catalogs.py check`` changes nothing and exits 1 when they are not what the code asks for.
Click's own messages are part of them: golive speaks through it.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "golive"
PO = SOURCE / "locale" / "zh" / "LC_MESSAGES" / "golive.po"
MO = PO.with_suffix(".mo")

KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
# What of click a user of golive can meet; the rest is for programmers (duplicate parameters, progress bars).
CLICK_FILES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
CLICK_INTERNAL = re.compile(
    r"Deprecat|deprecated|defined twice|cannot use the same flag|Could not determine name|No options defined"
    r"|take exactly one parameter|iterable|UUID|env var|\(dynamic\)|Invalid start character|unknown error"
    r"|does not match the format|Choice\(|Confirm the action|Do you want to continue|%\(prog\)s"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{[^{}]*\}")

NO_DATE = datetime(2000, 1, 1, tzinfo=timezone.utc)

Id = str | tuple[str, str]


def wanted() -> Catalog:
    """Every message that the code marks, with where it is used."""
    catalog = Catalog(project="golive", charset="utf-8")
    for path in sorted(SOURCE.rglob("*.py")):
        for message, line in extracted(path):
            catalog.add(message, locations=[(path.relative_to(SOURCE.parent).as_posix(), line)])
    for name in CLICK_FILES:
        for message, _line in extracted(_click() / f"{name}.py"):
            if not CLICK_INTERNAL.search(message if isinstance(message, str) else message[0]):
                catalog.add(message, locations=[(f"click/{name}.py", 0)])
    return catalog


def extracted(path: Path) -> Iterator[tuple[Id, int]]:
    """The messages of one file, and their lines."""
    for line, message, _comments, _context in extract_from_file("python", str(path), keywords=KEYWORDS):
        yield message, line


def _click() -> Path:
    spec = find_spec("click")
    if spec is None or spec.origin is None:
        raise SystemExit("click is not installed")
    return Path(spec.origin).parent


def translated() -> Catalog:
    """The catalog as it is committed."""
    with PO.open("rb") as file:
        catalog = read_po(file, locale="zh", domain="golive")
    catalog.creation_date = catalog.revision_date = NO_DATE  # else today's, in the compiled file
    return catalog


def merged() -> Catalog:
    """The committed translations of exactly the messages that the code has now. Nothing is guessed."""
    catalog = translated() if PO.exists() else Catalog(locale="zh", domain="golive")
    catalog.project = "golive"
    catalog.update(wanted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """The catalog as a file without dates, so that equal catalogs are equal files."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    head = 'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"MIME-Version: 1.0\\n"\n'
    head += '"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    return head.encode() + buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalog."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def problems() -> Iterator[str]:
    """What is wrong with the committed catalogs, one line each."""
    catalog = translated()
    known = {message.id for message in catalog if message.id}
    needed = {message.id for message in wanted() if message.id}
    yield from (f"not in the catalog: {message!r}" for message in needed - known)
    yield from (f"no longer used: {message!r}" for message in known - needed)
    for message in catalog:
        if message.id:
            yield from _wrong_with(message)
    if po_bytes(catalog) != PO.read_bytes():
        yield "golive.po is not as `make catalogs` writes it"
    if not MO.exists() or mo_bytes(catalog) != MO.read_bytes():
        yield "golive.mo is not what golive.po compiles to"


def _wrong_with(message: Message) -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    sources = message.id if isinstance(message.id, tuple) else (message.id,)
    if message.fuzzy:
        yield f"fuzzy: {message.id!r}"
    if not all(texts):
        yield f"not translated: {message.id!r}"
        return
    for text in texts:
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(sources[-1])):
            yield f"placeholders differ: {message.id!r} -> {text!r}"


def update() -> None:
    """Write both files anew."""
    catalog = merged()
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalog))
    MO.write_bytes(mo_bytes(translated()))


def main(command: str) -> int:
    """The command line; returns the exit status."""
    if command == "update":
        update()
    found = list(problems())
    print("\n".join(found) or "The catalogs are complete.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["check"])))
