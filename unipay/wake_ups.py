"""The broker of a machine that has none: kombu's directory of files, made to bear that processes are killed and the
directory is emptied or deleted. Losing a wake-up costs time; dying of one would cost the worker."""

import os
import time
import uuid
from collections import defaultdict, deque
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

log = structlog.get_logger(__name__)


class Channel(filesystem.Channel):
    """One file per message, written whole and taken by whoever deletes it.

    Which queue an exchange leads to is known to every process, as it declares both: kombu's file of that would be
    read half-written after a kill, and once deleted every message would vanish.
    """

    supports_fanout = False
    get_table = virtual.Channel.get_table

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen: defaultdict[str, deque[Path]] = defaultdict(deque)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        """Write the message under a name no worker looks for, then rename it."""
        directory = Path(self.data_folder_out)
        directory.mkdir(parents=True, exist_ok=True)
        draft = directory / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg.draft"
        draft.write_text(dumps(payload))
        os.replace(draft, draft.with_suffix(""))

    def _get(self, queue: str) -> dict[str, Any]:  # type: ignore[override]
        """Take the oldest message; the directory is listed again only when what was seen in it is used up."""
        seen = self._seen[queue]
        if not seen:
            seen.extend(self._messages(queue))
        while seen:
            message = seen.popleft()
            try:
                content = message.read_bytes()
                message.unlink()
                return dict(loads(content))
            except FileNotFoundError:  # another worker was faster, or the directory is gone
                continue
            except (ValueError, OSError) as error:
                log.warning("wake_up_unreadable", file=message.name, error=repr(error))
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _messages(self, queue: str) -> list[Path]:
        try:
            return sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg"))
        except FileNotFoundError:
            return []


class Transport(filesystem.Transport):
    """kombu's file-system transport with that channel."""

    Channel = Channel
