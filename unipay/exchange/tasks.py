"""The tasks of files. Losing one only costs time: the sweep finds what is still to be done."""

from celery import shared_task

from unipay import clock
from unipay.exchange import claims, leftovers, wake
from unipay.exchange.flows import check as check_flow
from unipay.exchange.flows import deliver as deliver_flow
from unipay.exchange.flows import expect as expect_flow
from unipay.exchange.flows import pick_up, upload

_AT_ONCE = 200


@shared_task(name=wake.CHECK, ignore_result=True)
def check(file_id: int) -> None:
    """Read one received file and pass it on; does nothing while somebody else does."""
    check_flow.check(file_id, now=clock.now)


@shared_task(name=wake.DELIVER, ignore_result=True)
def deliver(sent_id: int) -> None:
    """Lay one file of ours into its partner's directory."""
    deliver_flow.deliver(sent_id, now=clock.now)


@shared_task(name=wake.LOOK, ignore_result=True)
def look(directory_id: int) -> None:
    """Look into one directory and take in what is whole."""
    pick_up.look(directory_id, now=clock.now)


@shared_task(name="exchange.sweep", ignore_result=True)
def sweep() -> None:
    """Wake workers for what waits: files to read, files to deliver, directories to look into."""
    now = clock.now()
    files = claims.unclaimed(now=now).order_by("id").values_list("pk", flat=True)
    waiting = [
        *((wake.CHECK, pk) for pk in files[:_AT_ONCE]),
        *((wake.DELIVER, pk) for pk in deliver_flow.due(now=now)[:_AT_ONCE]),
        *((wake.LOOK, pk) for pk in pick_up.due(now=now)),
    ]
    for task, pk in waiting:
        if not wake.at_once(task, pk):
            return  # nobody waits for a broker that is down hundreds of times over


@shared_task(name="exchange.expect", ignore_result=True)
def expect() -> None:
    """Write down which files must come, and raise the alarm for those whose time is over."""
    now = clock.now()
    expect_flow.make_ahead(now=now)
    expect_flow.miss_overdue(now=now)


@shared_task(name="exchange.tidy", ignore_result=True)
def tidy() -> None:
    """Give up abandoned uploads and free what nobody knows any more."""
    now = clock.now()
    upload.expire(now=now)
    leftovers.remove(now=now)
