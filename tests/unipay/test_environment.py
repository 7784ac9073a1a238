"""A wrong value stops the start, with one sentence that names its variable."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from unipay.environment import Environment, writable_directory

Read = Callable[[Environment], Any]


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(Environment, "ENVIRON", {})
    return Environment()


@pytest.mark.parametrize(
    ("given", "read", "expected"),
    [
        (" yes ", lambda env: env.flag("X", default=False), True),
        ("0", lambda env: env.flag("X", default=True), False),
        ("", lambda env: env.flag("X", default=True), True),
        ("8000", lambda env: env.number("X", default=1), 8000),
        ("", lambda env: env.number("X", default=7), 7),
        ("info", lambda env: env.word("X", default="DEBUG", among={"INFO", "DEBUG"}), "INFO"),
        ("a.example, b.example", lambda env: env.hosts("X", default=[]), ["a.example", "b.example"]),
        (
            "10.0.0.0/8, fd00::1",
            lambda env: [str(each) for each in env.networks("X")],
            ["10.0.0.0/8", "fd00::1/128"],
        ),
        ("https://unipay.example/", lambda env: env.web_address("X", default=""), "https://unipay.example"),
        ("redis://broker:6379/0", lambda env: env.broker("X"), "redis://broker:6379/0"),
        ("", lambda env: env.broker("X"), ""),
        ("given", lambda env: env.secret("X", development=None), "given"),
    ],
)
def test_a_right_value_is_read(env: Environment, given: str, read: Read, expected: object) -> None:
    env.ENVIRON["X"] = given

    assert read(env) == expected


@pytest.mark.parametrize(
    ("given", "read", "sentence"),
    [
        ("maybe", lambda env: env.flag("X", default=True), "X must be 1 or 0, not 'maybe'."),
        ("many", lambda env: env.number("X", default=1), "X must be a whole number from 0 to 2147483648"),
        ("0", lambda env: env.number("X", default=1, least=1), "X must be a whole number from 1"),
        ("٣", lambda env: env.number("X", default=1), "X must be a whole number"),
        ("loud", lambda env: env.word("X", default="INFO", among={"INFO"}), "X must be one of INFO"),
        ("http://a.example", lambda env: env.hosts("X", default=[]), "X must be host names"),
        ("10.0.0.1/8", lambda env: env.networks("X"), "X must be addresses or networks"),
        ("proxy.example", lambda env: env.networks("X"), "X must be addresses or networks"),
        (
            "unipay.example",
            lambda env: env.web_address("X", default=""),
            "X must be an http or https address",
        ),
        ("mysql://a/b", lambda env: env.database("X", default=""), "X must be postgresql://"),
        ("sqlite:///a", lambda env: env.database("X", default=""), "X must be postgresql://"),
        ("postgresql://host:port/db", lambda env: env.database("X", default=""), "X is not a database URL."),
        ("nonsense", lambda env: env.cache("X", default=""), "X must be a cache URL"),
        ("kafka://a", lambda env: env.broker("X"), "X must be an amqp:// or redis:// URL."),
        ("", lambda env: env.secret("X", development=None), "X must be set when DEBUG is off."),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_itself(
    env: Environment, given: str, read: Read, sentence: str
) -> None:
    env.ENVIRON["X"] = given

    with pytest.raises(ImproperlyConfigured) as stopped:
        read(env)

    assert str(stopped.value).startswith(sentence)


def test_a_database_is_read_without_showing_its_password_when_it_is_wrong(env: Environment) -> None:
    env.ENVIRON["X"] = "postgresql://unipay:hunter2@host:port/db"

    with pytest.raises(ImproperlyConfigured) as stopped:
        env.database("X", default="")

    assert "hunter2" not in str(stopped.value)


def test_a_development_machine_makes_its_secrets_once_for_all_who_start_at_once(
    env: Environment, tmp_path: Path
) -> None:
    path = tmp_path / "dev_keys.json"
    read: list[str] = []
    threads = [
        threading.Thread(target=lambda: read.append(env.secret("SECRET_KEY", development=path)))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(read) == {json.loads(path.read_text())["SECRET_KEY"]}
    assert len(read) == 8
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_unusable_directory_names_its_variable() -> None:
    with pytest.raises(
        ImproperlyConfigured, match=r"^UNIPAY_DATA_DIR: the directory /proc/unipay cannot be made"
    ):
        writable_directory(Path("/proc/unipay"), "UNIPAY_DATA_DIR")
