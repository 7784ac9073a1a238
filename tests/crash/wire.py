"""A TCP connection to the broker that can be cut: everything on it breaks, and nobody answers until it is mended."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE_BYTES = 65536


class Wire:
    """Listens on a port of ours and leads everything to the broker."""

    def __init__(self, broker: tuple[str, int], *, port: int) -> None:
        self.broker = broker
        self.port = port
        self._ends: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        """Let connections through."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._ends.append(listener)
        threading.Thread(target=self._lead, args=[listener], daemon=True).start()

    def close(self) -> None:
        """Break every connection and refuse new ones."""
        while self._ends:
            _break(self._ends.pop(0))

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Inside the block nothing gets through."""
        self.close()
        try:
            yield
        finally:
            self.open()

    def _lead(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection(self.broker)
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=[source, sink], daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            sink.sendall(piece)
    _break(source)
    _break(sink)


def _break(end: socket.socket) -> None:
    # Closing alone would not wake the thread that waits on it.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
