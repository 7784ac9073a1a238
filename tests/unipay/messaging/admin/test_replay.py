from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from tests.factories import make_partner
from tests.unipay.messaging.admin.test_messages import make_message
from unipay.backoffice.models import Posting
from unipay.messaging import replays, tasks
from unipay.messaging.models import Line, OutboundMessage, ReplayRun
from unipay.partners.models import Partner

GIVEN_UP = "/admin/messaging/outboundmessage/given-up/"
RUNS = "/admin/messaging/replayrun/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def make_dead(count: int, **line: int) -> Partner:
    province = make_partner("ZJ", "PROVINCE", key_id="")
    Line.objects.create(partner=province, **line)
    for number in range(count):
        make_message(province, subject=f"contract:{number}")
    return province


def replay_page(partner: Partner) -> str:
    return f"/admin/messaging/line/{partner.pk}/replay-dead/"


def test_what_was_given_up_is_listed_by_partner(administrator: Client) -> None:
    province = make_dead(2)

    page = administrator.get(GIVEN_UP).content.decode()

    assert replay_page(province) in page
    assert f"?state__exact=DEAD&amp;partner__id__exact={province.pk}" in page


def test_with_nothing_given_up_the_page_says_so(administrator: Client) -> None:
    assert "Nothing is given up" in administrator.get(GIVEN_UP).content.decode()


def test_how_much_will_be_sent_is_shown_before_it_is(administrator: Client) -> None:
    province = make_dead(2, failures=4)

    page = administrator.get(replay_page(province)).content.decode()

    assert "2 messages that were given up are sent again" in page
    assert "The line is still failing" in page
    assert not ReplayRun.objects.exists()


def test_a_confirmed_replay_wakes_a_worker_and_shows_how_far_it_is(
    administrator: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    province = make_dead(3)
    asked: list[int] = []
    monkeypatch.setattr(tasks.replay, "apply_async", lambda args, **options: asked.append(*args))

    with django_capture_on_commit_callbacks(execute=True):
        answer = administrator.post(replay_page(province), {"confirmed": "yes"})
    run = ReplayRun.objects.get()
    waiting = administrator.get(answer.headers["Location"]).content.decode()
    tasks.replay(run.pk)
    done = administrator.get(answer.headers["Location"]).content.decode()

    assert asked == [run.pk]
    assert answer.headers["Location"] == f"{RUNS}{run.pk}/change/"
    assert 'data-follow="on"' in waiting
    assert 'data-follow="off"' in done
    assert "3 of 3 messages handled" in done
    assert run.asked_by.get_username() == "root"


def test_the_page_of_a_run_tells_what_became_of_each_message(administrator: Client) -> None:
    province = make_dead(1)
    administrator.post(replay_page(province), {"confirmed": "yes"})
    run = ReplayRun.objects.get()
    message = OutboundMessage.objects.get()
    tasks.replay(run.pk)
    OutboundMessage.objects.update(state="DELIVERED", settled_at=run.asked_at)

    page = administrator.get(f"{RUNS}{run.pk}/change/").content.decode()

    assert f"/admin/messaging/outboundmessage/{message.pk}/change/" in page
    assert "delivered" in page


def test_a_second_replay_is_refused_in_words(administrator: Client) -> None:
    province = make_dead(1)
    administrator.post(replay_page(province), {"confirmed": "yes"})

    page = administrator.post(replay_page(province), {"confirmed": "yes"}, follow=True).content.decode()

    assert "A replay for this partner is still running." in page


def test_a_run_is_stopped_after_asking(administrator: Client) -> None:
    province = make_dead(1)
    administrator.post(replay_page(province), {"confirmed": "yes"})
    run = ReplayRun.objects.get()
    stop = f"{RUNS}{run.pk}/stop/"

    asked = administrator.get(stop).content.decode()
    administrator.post(stop, {"confirmed": "yes"})

    assert "Nothing was sent yet: everything stays given up." in asked
    assert ReplayRun.objects.get().state == "STOPPED"
    assert replays.advance(run.pk, now=run.asked_at) == replays.Step()


def test_a_run_that_is_over_cannot_be_stopped(administrator: Client) -> None:
    administrator.post(replay_page(make_dead(1)), {"confirmed": "yes"})
    run = ReplayRun.objects.get()
    tasks.replay(run.pk)
    stop = f"{RUNS}{run.pk}/stop/"

    assert stop not in administrator.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert administrator.post(stop, {"confirmed": "yes"}).status_code == 403
    assert ReplayRun.objects.get().state == "FINISHED"


def test_who_may_only_look_replays_and_stops_nothing(
    administrator: Client, clerk: Callable[..., Client]
) -> None:
    province = make_dead(1)
    looking = clerk("messaging.view_outboundmessage", "messaging.view_line")

    refused = looking.post(replay_page(province), {"confirmed": "yes"}).status_code
    offered = looking.get(GIVEN_UP).content.decode()
    administrator.post(replay_page(province), {"confirmed": "yes"})
    run = ReplayRun.objects.get()

    assert refused == 403
    assert replay_page(province) not in offered
    assert looking.get(f"{RUNS}{run.pk}/change/").status_code == 200
    assert looking.post(f"{RUNS}{run.pk}/stop/", {"confirmed": "yes"}).status_code == 403


def test_a_run_that_never_was_is_not_found(administrator: Client) -> None:
    assert administrator.get(f"{RUNS}nonsense/change/").status_code == 302


def test_a_province_bound_person_neither_sees_nor_replays_what_is_dead_elsewhere(
    clerk: Callable[..., Client],
) -> None:
    province = make_dead(1)
    bound = clerk("messaging.view_outboundmessage", "messaging.change_outboundmessage", "messaging.view_line")
    Posting.objects.create(
        user=User.objects.get(username="clerk"), province=make_partner("BJ", "PROVINCE", key_id="")
    )

    offered = bound.get(GIVEN_UP).content.decode()
    refused = bound.post(replay_page(province), {"confirmed": "yes"})

    assert replay_page(province) not in offered
    assert refused.status_code == 404
    assert not ReplayRun.objects.exists()
