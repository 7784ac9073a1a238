"""Files of ours: written, routed, laid into directories, acknowledged, refused, cancelled."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_partner
from tests.sftp_server import PASSWORD, USER, serving_sftp
from tests.unipay.exchange.factories import (
    NOW,
    YESTERDAY,
    make_directory,
    make_layout,
    make_sent,
    the_bank,
)
from tests.unipay.exchange.flows.conftest import Book
from tests.unipay.exchange.flows.test_check import clock
from unipay.errors import Refusal
from unipay.exchange.flows import acknowledge, deliver, send
from unipay.exchange.models import SentFile
from unipay.exchange.queries import content
from unipay.partners.models import Partner

pytestmark = pytest.mark.django_db

ROWS = [("B-1", "13805710001"), ("B-2", "13805710002")]
WRITTEN = b"B-1|13805710001\nB-2|13805710002\n"


def send_rows(partner: Partner | None = None, **fields: Any) -> SentFile:
    given: dict[str, Any] = {"kind": "trial_answer", "subject": "run:R-1", "business_date": YESTERDAY}
    return send.send(partner=partner or the_bank(), rows=ROWS, now=NOW, **(given | fields))


@pytest.fixture
def layout() -> object:
    return make_layout("trial_answer", file_name_pattern="{partner}_{business_date:%Y%m%d}.txt")


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    """A directory of the disk we deliver to."""
    place = tmp_path / "bank" / "in"
    place.mkdir(parents=True)
    settings.UNIPAY_LOCAL_DIRECTORIES = [str(tmp_path / "bank")]
    make_directory("DELIVER", address=f"file://{place}")
    return place


def test_a_file_is_written_by_the_layout_in_force(layout: object) -> None:
    file = send_rows()

    assert b"".join(content(file.file_no)) == WRITTEN
    assert (file.layout, file.name, file.row_count, file.size) == (
        layout,
        "ICBC_20261121.txt",
        2,
        len(WRITTEN),
    )
    assert (file.digest, file.state, file.subject) == (
        hashlib.sha256(WRITTEN).hexdigest(),
        "READY",
        "run:R-1",
    )


@pytest.mark.usefixtures("layout")
def test_a_second_file_of_a_day_has_a_name_of_its_own() -> None:
    assert [send_rows().name for _turn in range(3)] == [
        "ICBC_20261121.txt",
        "ICBC_20261121-2.txt",
        "ICBC_20261121-3.txt",
    ]


def test_without_a_layout_nothing_is_sent(settings: Any) -> None:
    with pytest.raises(Refusal) as refused:
        send_rows()

    assert refused.value.reason.code == "layout_missing"
    assert list(Path(settings.UNIPAY_FILES_DIR).glob("vault/*/*")) == []


@pytest.mark.usefixtures("layout")
def test_a_file_goes_the_best_way_the_partner_has() -> None:
    by_hand = send_rows(make_partner("CCB", key_id=""))
    by_api = send_rows(make_partner("BOC"))
    not_granted = send_rows(make_partner("ABC", operations=("requests.read",)))
    make_directory("DELIVER", partner=the_bank("CMB"), address="memory://cmb")

    assert [by_hand.route, by_api.route, not_granted.route, send_rows(the_bank("CMB")).route] == [
        "HAND",
        "API",
        "HAND",
        "DIRECTORY",
    ]


@pytest.mark.usefixtures("layout")
def test_a_file_is_laid_into_the_directory_with_its_control_file(inbox: Path) -> None:
    file = send_rows()

    delivered = deliver.deliver(file.pk, now=lambda: NOW)

    assert (delivered.state, delivered.delivered_at, delivered.last_error) == ("DELIVERED", NOW, "")
    assert sorted(path.name for path in inbox.iterdir()) == ["ICBC_20261121.txt", "ICBC_20261121.txt.sha256"]
    assert (inbox / "ICBC_20261121.txt").read_bytes() == WRITTEN
    digest = hashlib.sha256(WRITTEN).hexdigest()
    assert (inbox / "ICBC_20261121.txt.sha256").read_text() == f"{digest}  ICBC_20261121.txt\n"


@pytest.mark.usefixtures("layout", "inbox")
def test_a_delivered_file_is_not_laid_again(inbox: Path) -> None:
    file = send_rows()
    deliver.deliver(file.pk, now=lambda: NOW)
    (inbox / "ICBC_20261121.txt").unlink()

    again = deliver.deliver(file.pk, now=lambda: NOW + timedelta(days=1))

    assert (again.attempts, list(inbox.glob("*.txt"))) == (1, [])


@pytest.mark.usefixtures("layout")
def test_whoever_crashed_before_noting_lays_the_same_file_again(inbox: Path) -> None:
    file = send_rows()
    (inbox / "ICBC_20261121.txt").write_bytes(WRITTEN)
    (inbox / "ICBC_20261121.txt.writing").write_bytes(WRITTEN[:5])

    delivered = deliver.deliver(file.pk, now=lambda: NOW)

    assert delivered.state == "DELIVERED"
    assert (inbox / "ICBC_20261121.txt").read_bytes() == WRITTEN


@pytest.mark.usefixtures("layout")
def test_a_directory_out_of_reach_is_tried_again_up_the_ladder(inbox: Path) -> None:
    file, moment, waits = send_rows(), NOW, []
    inbox.rmdir()

    while (tried := deliver.deliver(file.pk, now=clock(moment))).next_attempt_at is not None:
        waits.append(int((tried.next_attempt_at - moment).total_seconds()))
        moment = tried.next_attempt_at

    assert (tried.state, tried.attempts) == ("READY", 15)
    assert waits[:4] == [15, 30, 180, 600]
    assert tried.last_error.startswith("FileNotFoundError")
    inbox.mkdir()
    deliver.again(tried, now=moment)
    assert deliver.deliver(file.pk, now=clock(moment)).state == "DELIVERED"


@pytest.mark.usefixtures("layout")
def test_a_file_is_laid_over_sftp(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with serving_sftp(tmp_path) as server:
        secrets = {"username": USER, "password": PASSWORD, "host_key": server.host_key}
        make_directory("DELIVER", address=server.address("/in"), credentials=json.dumps(secrets))
        file = send_rows()

        delivered = deliver.deliver(file.pk, now=lambda: NOW)

    assert (delivered.state, delivered.last_error) == ("DELIVERED", "")
    assert (tmp_path / "in" / file.name).read_bytes() == WRITTEN
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == [file.name, f"{file.name}.sha256"]


def test_only_what_is_due_is_delivered() -> None:
    due = make_sent(route="DIRECTORY", next_attempt_at=NOW)
    make_sent(route="DIRECTORY", next_attempt_at=NOW + timedelta(seconds=1))
    make_sent(route="API")
    make_sent("DELIVERED", route="DIRECTORY")

    assert deliver.due(now=NOW) == [due.pk]


@pytest.mark.parametrize("state", ["READY", "DELIVERED"])
def test_a_partner_acknowledges_a_file(book: Book, state: str) -> None:
    file = make_sent(state, kind="trial_answer")

    settled = acknowledge.accepted(file, now=NOW)
    again = acknowledge.accepted(file, now=NOW + timedelta(days=1))

    assert (settled.state, settled.settled_at, again.settled_at) == ("ACKNOWLEDGED", NOW, NOW)
    assert book.settled == [(file.file_no, "ACKNOWLEDGED")]


def test_a_partner_refuses_a_file(book: Book) -> None:
    file = make_sent("DELIVERED", kind="trial_answer")

    settled = acknowledge.refused(file, why="the trailer is wrong", now=NOW)

    assert (settled.state, settled.last_error) == ("FAILED", "the trailer is wrong")
    assert book.settled == [(file.file_no, "FAILED")]
    with pytest.raises(Refusal) as refused:
        acknowledge.accepted(file, now=NOW)
    assert (refused.value.reason.code, refused.value.conflict) == ("file_settled", {"state": "FAILED"})


def test_nothing_is_settled_when_whoever_wrote_it_cannot_take_it_in(book: Book) -> None:
    file = make_sent("DELIVERED", kind="trial_answer")
    book.trouble.append(RuntimeError("the power went"))

    with pytest.raises(RuntimeError):
        acknowledge.accepted(file, now=NOW)

    assert SentFile.objects.get(pk=file.pk).state == "DELIVERED"


def test_a_cancelled_file_is_not_delivered(book: Book) -> None:
    file = make_sent(route="DIRECTORY", next_attempt_at=NOW)

    acknowledge.cancel(file, now=NOW)

    assert deliver.deliver(file.pk, now=lambda: NOW).state == "CANCELLED"
    assert (deliver.due(now=NOW), book.settled) == ([], [])


def test_a_download_delivers_a_file_once() -> None:
    file = make_sent(route="HAND")

    first, second = (
        deliver.fetched(file, now=NOW),
        deliver.fetched(file, now=NOW + timedelta(days=1)),
    )

    assert (first.state, second.delivered_at) == ("DELIVERED", NOW)
