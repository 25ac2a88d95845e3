"""A run's way out of its sandboxes: one proxy, and where each connection is written down."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..sandbox.allow import parse_allow
from ..sandbox.network import Connection, Proxy
from .events import Connected, Event
from .log import Log

SOCKET = "network.sock"
RECORD = "network.jsonl"


class Outside:
    """The proxy of a run where a network is opened; else nothing.

    While one attempt is open, its log has the connections of all the run's sandboxes: which of them made one cannot
    be told by the proxy. What is made while none or several are open is kept in the run's folder, in a log of the
    same form.
    """

    def __init__(self, folder: Path, network: str, show: Callable[[Event], None] = lambda _: None) -> None:
        self._folder, self._show = folder, show
        self._open = list[Log]()
        self._record: Log | None = None
        self._changing = threading.Lock()
        self._proxy = Proxy(parse_allow(network), folder / SOCKET, self._hear) if network else None

    @property
    def socket(self) -> Path | None:
        """What a sandbox is opened with."""
        return self._proxy.path if self._proxy else None

    @contextmanager
    def into(self, log: Log) -> Iterator[None]:
        """Write connections into an attempt's log, as long as it is the one that is open."""
        with self._changing:
            self._open.append(log)
        try:
            yield
        finally:
            with self._changing:
                self._open.remove(log)

    def close(self) -> None:
        """End what is open, and write it down."""
        if self._proxy:
            self._proxy.close()
        with self._changing:
            if self._record:
                self._record.close()
            self._record = None

    def _hear(self, connection: Connection) -> None:
        event = Connected(**connection.model_dump())
        with self._changing:
            log = self._open[0] if len(self._open) == 1 else self._record
            if not log:
                log = self._record = Log(self._folder / RECORD, self._show)
            log.append(event)
