"""Text files as editors and shells really write them."""

from __future__ import annotations


def decode(data: bytes) -> str | None:
    """The text of DATA: UTF-8, UTF-16 (a Windows shell's ``>``), or GBK; line ends as ``\\n``. None: not text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:200]:
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text.replace("\r\n", "\n")
    return None
