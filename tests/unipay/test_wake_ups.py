"""The directory that serves as broker: what is lost is late, and nothing that happens to it ends a worker."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue

from unipay.wake_ups import Transport

QUEUE = Queue("unipay", Exchange("unipay"), routing_key="unipay")


class Ear:
    """A worker's end of the queue."""

    def __init__(self, broker: Connection) -> None:
        self.queue = QUEUE(broker.channel())

    def hear(self, most: int = 100) -> list[str]:
        """Take what there is, the oldest first."""
        messages = (self.queue.get(no_ack=True) for _ in range(most))
        return [message.payload for message in iter(messages.__next__, None)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "wake-ups"


@pytest.fixture
def broker(directory: Path) -> Iterator[Connection]:
    folders = {"data_folder_in": directory, "data_folder_out": directory}
    with Connection(transport=Transport, transport_options=folders) as connection:
        yield connection


def wake(broker: Connection, *words: str) -> None:
    producer = broker.Producer()
    for word in words:
        producer.publish(word, exchange=QUEUE.exchange, routing_key=QUEUE.routing_key, declare=[QUEUE])


def test_wake_ups_arrive_once_and_in_order(broker: Connection) -> None:
    wake(broker, "first", "second", "third")

    assert Ear(broker).hear() == ["first", "second", "third"]
    assert Ear(broker).hear() == []


def test_two_workers_never_hear_the_same_wake_up(broker: Connection) -> None:
    one, other = Ear(broker), Ear(broker)
    wake(broker, "first", "second", "third", "fourth")

    heard = [one.hear(1), other.hear(1), one.hear(1), other.hear()]

    assert heard == [["first"], ["second"], ["third"], ["fourth"]]


def test_a_wake_up_still_being_written_is_not_heard(broker: Connection, directory: Path) -> None:
    wake(broker, "whole")
    (directory / "0_killed.unipay.msg.draft").write_text('{"body": ')

    assert Ear(broker).hear() == ["whole"]


@pytest.mark.parametrize("content", [b"", b'{"body": ', b"\xff\xfe"])
def test_an_unreadable_wake_up_is_dropped_and_the_next_one_heard(
    broker: Connection, directory: Path, content: bytes
) -> None:
    wake(broker, "whole")
    (directory / "0_cut-short.unipay.msg").write_bytes(content)

    assert Ear(broker).hear() == ["whole"]
    assert list(directory.iterdir()) == []


def test_a_deleted_directory_silences_nobody(broker: Connection, directory: Path) -> None:
    ear = Ear(broker)
    wake(broker, "lost", "lost too")
    assert ear.hear(1) == ["lost"]
    shutil.rmtree(directory)

    heard_nothing = ear.hear()
    wake(broker, "after")

    assert heard_nothing == []
    assert ear.hear() == ["after"]


def test_nothing_is_kept_of_a_wake_up_that_was_heard(broker: Connection, directory: Path) -> None:
    wake(broker, "first")

    Ear(broker).hear()

    assert list(directory.iterdir()) == []
