"""A file's bytes as text and back without loss, and the lines of a text."""

import re
from typing import NamedTuple

from ..base import ToolError

BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
SURROGATE = re.compile("[\ud800-\udfff]")


class Text(NamedTuple):
    """A text with what is needed to write it as it was."""

    text: str
    encoding: str = "utf-8"
    bom: bytes = b""

    def encode(self, text: str) -> bytes:
        """Another text as this one's bytes are written. Raises ToolError where the encoding lacks a character."""
        errors = "surrogateescape" if self.encoding == "utf-8" else "strict"
        try:
            return self.bom + text.encode(self.encoding, errors)
        except UnicodeEncodeError as e:
            raise ToolError(
                f"the file is in {self.encoding}, which has no {text[e.start]!r} (line {line_at(text, e.start)}): "
                "write it without, or convert the file by a command first"
            ) from e


def decoded(data: bytes) -> Text | None:
    """A file's text; None where it is binary.

    What is not UTF-8 is taken as cp1252, else latin-1, where a character is a byte. In a file of mostly UTF-8 stray
    bytes become surrogates, which `encode` turns back.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            try:
                text = data[len(bom) :].decode(encoding)
            except UnicodeDecodeError:
                break
            return None if "\0" in text[:8_000] else Text(text, encoding, bom)
    if b"\0" in data[:8_000]:
        return None
    try:
        return Text(data.decode())
    except UnicodeDecodeError:
        mixed = data.decode("utf-8", "surrogateescape")
    if any(character > "\x7f" for character in SURROGATE.sub("", mixed)):
        return Text(mixed)
    try:
        return Text(data.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        return Text(data.decode("latin-1"), "latin-1")


def printable(text: str) -> str:
    """A text that can be sent anywhere: stray bytes are shown as what they are, unknown."""
    return SURROGATE.sub("\ufffd", text)


def rows(text: str, end: str = "") -> list[str]:
    """A text's lines with their ends: LF or CRLF, and CR where there is no LF. A form feed ends no line."""
    end = end or line_end(text)
    *whole, rest = text.split(end)
    found = [row + end for row in whole]
    return [*found, rest] if rest else found


def bodies(text: str) -> list[str]:
    """A text's lines without their ends. A long file has many: it is split once, and each is looked at only if need be."""
    found = text.split(line_end(text))
    if not found[-1]:
        found.pop()
    return [row[:-1] if row.endswith("\r") else row for row in found] if "\r" in text else found


def line_end(text: str) -> str:
    return "\n" if "\n" in text else "\r"


def body(row: str) -> str:
    """A line without its end."""
    return row[: len(row) - len(ending(row))]


def ending(row: str) -> str:
    return row[-2:] if row.endswith("\r\n") else row[-1:] if row.endswith(("\n", "\r")) else ""


def indent(row: str) -> str:
    return row[: len(row) - len(row.lstrip(" \t"))]


def line_at(text: str, place: int) -> int:
    """The number of the line that a place lies in, from 1."""
    return text.count(line_end(text), 0, place) + 1
