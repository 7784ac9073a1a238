"""SFTP with a server we know: fsspec's own file system would take any key a server shows."""

import io
import re
from typing import Any

import paramiko
from django.utils.translation import gettext as _
from fsspec.implementations.sftp import SFTPFileSystem

from unipay.errors import Refusal
from unipay.exchange import errors

_TIMEOUT_SECONDS = 30
_HOST_KEY = re.compile(r"\b(ssh|ecdsa)-\S+\s+\S+")


class KnownHostFileSystem(SFTPFileSystem):  # type: ignore[misc]
    """fsspec's SFTP, connecting only to the server whose key we were given before anything secret is said.

    `host_key`: "ssh-ed25519 AAAA…" as in known_hosts; `private_key`: PEM, in place of a password.
    """

    def _connect(self) -> None:
        options: dict[str, Any] = dict(self.ssh_kwargs)
        host_key, private_key = options.pop("host_key", ""), options.pop("private_key", "")
        port = int(options.get("port", paramiko.config.SSH_PORT))
        name = self.host if port == paramiko.config.SSH_PORT else f"[{self.host}]:{port}"
        key_type, key = _read_host_key(host_key)
        self.client = paramiko.SSHClient()
        self.client.get_host_keys().add(name, key_type, key)
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        if private_key:
            options["pkey"] = paramiko.PKey.from_private_key(io.StringIO(private_key))
        self.client.connect(
            self.host,
            timeout=_TIMEOUT_SECONDS,
            banner_timeout=_TIMEOUT_SECONDS,
            auth_timeout=_TIMEOUT_SECONDS,
            allow_agent=False,
            look_for_keys=False,
            **options,
        )
        self.ftp = self.client.open_sftp()
        self.ftp.get_channel().settimeout(_TIMEOUT_SECONDS)


def _read_host_key(text: str) -> tuple[str, paramiko.PKey]:
    """Take "ssh-ed25519 AAAA…", with or without a server's name before it."""
    found = _HOST_KEY.search(text)
    try:
        entry = paramiko.hostkeys.HostKeyEntry.from_line(f"server {found.group()}") if found else None
    except (paramiko.SSHException, ValueError):
        entry = None
    if entry is None or entry.key is None:
        detail = _("The credentials need the server's key as host_key, such as “ssh-ed25519 AAAA…”.")
        raise Refusal(errors.ADDRESS_NOT_ALLOWED, detail)
    return entry.key.get_name(), entry.key
