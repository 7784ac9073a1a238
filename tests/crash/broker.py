"""The broker as the tests see it: how many wake-ups wait, losing them all, and being out of reach."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

from kombu import Connection

from tests.crash.programs import free_port
from tests.crash.wire import Wire
from unipay.wake_ups import Transport

_PORTS = {"amqp": 5672, "redis": 6379}


class Broker:
    """RabbitMQ or Redis over a wire when a URL is given, a directory otherwise."""

    def __init__(self, url: str, *, directory: Path, queue: str) -> None:
        self.directory = directory
        self.queue = queue
        self.wire: Wire | None = None
        self.given_url = self.url = url
        if url:
            parts = urlsplit(url)
            far = (parts.hostname or "127.0.0.1", parts.port or _PORTS[parts.scheme])
            self.wire = Wire(far, port=free_port())
            login, at, _host = parts.netloc.rpartition("@")
            self.url = parts._replace(netloc=f"{login}{at}127.0.0.1:{self.wire.port}").geturl()

    @property
    def waiting(self) -> int:
        """How many wake-ups nobody has taken yet."""
        # Only RabbitMQ knows a queue that is empty.
        is_kept = self.given_url.startswith("amqp")
        with self._connection() as connection:
            queue = connection.default_channel.queue_declare(self.queue, passive=is_kept)
            return int(queue.message_count)

    def lose_everything(self) -> None:
        """Lose every wake-up, and the directory with them."""
        if not self.given_url:
            shutil.rmtree(self.directory, ignore_errors=True)
            return
        with self._connection() as connection:
            connection.default_channel.queue_purge(self.queue)

    def close(self) -> None:
        """Leave nothing behind on a broker that others use too."""
        if self.wire:
            with self._connection() as connection:
                connection.default_channel.queue_delete(self.queue)
            self.wire.close()

    def _connection(self) -> Connection:
        if self.given_url:
            return Connection(self.given_url)
        folders = {"data_folder_in": self.directory, "data_folder_out": self.directory}
        return Connection(transport=Transport, transport_options=folders)
