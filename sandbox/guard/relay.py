"""Leads a port on the sandbox's own loopback to the socket of the proxy outside. Runs inside, beside the guard.

Programs know proxies by host and port, and the sandbox has a loopback and nothing else. It decides nothing: whoever
goes round it and speaks to the socket meets the same proxy. One thread of the guard for all connections: the end of
a command kills processes, and threads of their own would count against the limit on processes.
"""

import selectors
import socket
import threading

PORT = 14321
"""Below the ports that clients are given, and no service's own."""
SOCKET = "/.patchwright/network.sock"
ARGUMENTS = (f"relay={PORT}:{SOCKET}",)
"""What the guard is started with."""
_URL = f"http://127.0.0.1:{PORT}"
_LOCAL = "localhost,127.0.0.1,::1"
# All by http: libraries that know no SOCKS fail at the mere sight of such an ALL_PROXY. The port speaks it too.
VARIABLES = {
    **{f"{name}_PROXY": _URL for name in ("HTTP", "HTTPS", "ALL")},
    **{f"{name}_proxy": _URL for name in ("http", "https", "all")},
    "NO_PROXY": _LOCAL,
    "no_proxy": _LOCAL,
}
AT_ONCE = 200
"""Connections, more than the proxy serves, which says so: the guard's own files have to stay below the 1024 that its select takes."""
CHUNK = 65536


class Side:
    """One end of a connection."""

    def __init__(self, connection):
        connection.setblocking(False)
        self.connection, self.other = connection, self
        self.waiting = b""
        """What is to be written to it. Until it is, nothing more is read from the other side."""
        self.over = False
        """Nothing more comes from it, or nothing that it says is wanted."""
        self.watched = 0

    def wanted(self):
        reading = selectors.EVENT_READ if not self.over and not self.other.waiting else 0
        return reading | (selectors.EVENT_WRITE if self.waiting else 0)

    def read(self):
        try:
            data = self.connection.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.other.waiting, self.over = data, not data
        if data:
            self.other.write()
            return
        try:
            self.other.connection.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def write(self):
        try:
            self.waiting = self.waiting[self.connection.send(self.waiting) :]
        except BlockingIOError:
            return
        except OSError:
            self.waiting, self.other.over = b"", True


class Relay:
    """All connections of one port."""

    def __init__(self, port, path):
        self.path, self.open = path, 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(AT_ONCE)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)

    def serve(self):
        while True:
            for key, ready in self.selector.select():
                if key.data is None:
                    self.welcome()
                elif key.data.watched:  # else closed a moment ago, with its other side
                    self.turn(key.data, ready)

    def welcome(self):
        try:
            client = self.listener.accept()[0]
        except OSError:
            return
        out = socket.socket(socket.AF_UNIX)
        near, far = Side(client), Side(out)
        near.other, far.other = far, near
        try:
            if self.open >= AT_ONCE:
                raise BlockingIOError
            out.connect(self.path)
        except OSError:
            client.close()
            out.close()
            return
        self.open += 1
        self.watch(near)

    def turn(self, side, ready):
        if ready & selectors.EVENT_WRITE and side.waiting:
            side.write()
        if ready & selectors.EVENT_READ and not side.over and not side.other.waiting:
            side.read()
        self.watch(side)

    def watch(self, side):
        """Wait for what both sides still want; close them where that is nothing."""
        sides = (side, side.other)
        for one in sides:
            wanted, watched = one.wanted(), one.watched
            if wanted and watched:
                self.selector.modify(one.connection, wanted, one)
            elif wanted:
                self.selector.register(one.connection, wanted, one)
            elif watched:
                self.selector.unregister(one.connection)
            one.watched = wanted
        if not any(one.watched for one in sides):
            self.open -= 1
            for one in sides:
                one.connection.close()


def start(place):
    """Serve PORT:SOCKET from now on. Raises OSError where the port cannot be listened at."""
    port, _, path = place.partition(":")
    threading.Thread(target=Relay(int(port), path).serve, daemon=True).start()
