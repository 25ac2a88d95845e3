"""The log of an attempt while it grows, read from the file: a live run, one of another process, and one that is over are
read alike."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ...agent.events import EVENT, Event
from ...agent.log import unknown
from ...agent.task import TaskError


class Place(NamedTuple):
    """Where an event's line stands in the log's file, in bytes."""

    offset: int
    size: int


class Entry(NamedTuple):
    """An event, and where it is found again."""

    place: Place
    event: Event


class Journal:
    """Hands out a log's events in their order, and again by their places. It holds none of them but a few."""

    def __init__(self, path: Path, held: int = 256) -> None:
        self.path, self._file, self._end, self._number = path, path.open("rb"), 0, 0
        self.event = lru_cache(held)(self._event)

    def news(self, most: int) -> list[Entry]:
        """The next events, at most so many. A line that is not whole yet is left for the next time. Raises TaskError."""
        found = list[Entry]()
        self._file.seek(self._end)
        while len(found) < most and (line := self._file.readline()).endswith(b"\n"):
            found.append(Entry(Place(self._end, len(line)), self._read(line)))
            self._end += len(line)
            self._number += 1
        return found

    def _event(self, place: Place) -> Event:
        self._file.seek(place.offset)
        return EVENT.validate_json(self._file.read(place.size))

    def _read(self, line: bytes) -> Event:
        try:
            return EVENT.validate_json(line)
        except ValidationError as e:
            raise TaskError(f"{self.path}, line {self._number + 1}: {unknown(line, self._first())}") from e

    def _first(self) -> bytes:
        self._file.seek(0)
        return self._file.readline()

    def close(self) -> None:
        self._file.close()
