"""A real SFTP server on 127.0.0.1 in this process, which serves one directory of the disk to one user."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface

USER, PASSWORD = "unipay", "a password"


@dataclass(frozen=True)
class Served:
    """Where the server is, and the line by which its key is known."""

    port: int
    host_key: str

    def address(self, path: str) -> str:
        return f"sftp://127.0.0.1:{self.port}{path}"


@contextmanager
def serving_sftp(root: Path) -> Iterator[Served]:
    """Serve the directory until the block is left."""
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transports: list[paramiko.Transport] = []
        thread = threading.Thread(target=_accept, args=(listener, key, root, transports), daemon=True)
        thread.start()
        yield Served(listener.getsockname()[1], f"{key.get_name()} {key.get_base64()}")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for transport in transports:
            transport.close()


def _accept(
    listener: socket.socket, key: paramiko.PKey, root: Path, transports: list[paramiko.Transport]
) -> None:
    while True:
        try:
            line, _address = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(line)
        transport.add_server_key(key)
        transport.set_subsystem_handler("sftp", SFTPServer, _Files, root=root)
        transport.start_server(event=threading.Event(), server=_Door())
        transports.append(transport)


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class _Handle(SFTPHandle):
    def stat(self) -> Any:
        return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(SFTPServerInterface):
    def __init__(self, server: Any, *args: Any, root: Path, **options: Any) -> None:
        super().__init__(server, *args, **options)
        self.root = root

    def _real(self, path: str) -> str:
        return str(self.root / self.canonicalize(path).lstrip("/"))

    def list_folder(self, path: str) -> Any:
        real = self._real(path)
        try:
            names = os.listdir(real)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        return [SFTPAttributes.from_stat(os.stat(os.path.join(real, name)), name) for name in names]

    def stat(self, path: str) -> Any:
        try:
            return SFTPAttributes.from_stat(os.stat(self._real(path)))
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            descriptor = os.open(self._real(path), flags, 0o600)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        mode = "wb" if flags & os.O_WRONLY else "r+b" if flags & os.O_RDWR else "rb"
        file = os.fdopen(descriptor, mode)
        handle = _Handle(flags)
        handle.readfile = handle.writefile = file
        return handle

    def rename(self, oldpath: str, newpath: str) -> int:
        return self._moved(oldpath, newpath)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return self._moved(oldpath, newpath)

    def _moved(self, oldpath: str, newpath: str) -> int:
        try:
            os.replace(self._real(oldpath), self._real(newpath))
        except OSError as error:
            return int(SFTPServer.convert_errno(error.errno or 0))
        return paramiko.SFTP_OK
