"""Plain functions that make files, runs and discrepancies in any state, with the partners they need."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from reconciliation.models import Discrepancy, Run
from tests.signing.factories import the_bank, the_province
from unipay import check_digit, clock
from unipay.exchange.models import ReceivedFile
from unipay.partners.models import Partner

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MSISDN = "13805710001"
OURS: dict[str, Any] = {
    "contract_no": "C-7K3M-9QXD-2T5W-8RNA-H",
    "bank_contract_no": "ICBC2026112000012345",
    "msisdn": MSISDN,
    "secondary_msisdns": ["13805710002"],
    "account_mask": "622202******0128",
    "account_type": "DEBIT",
    "recharge_threshold_fen": 2000,
    "recharge_amount_fen": 5000,
    "auto_pay": False,
    "state": "ACTIVE",
}
THEIRS: dict[str, Any] = {
    **{name: value for name, value in OURS.items() if name not in ("contract_no", "state")},
    "recharge_amount_fen": 10000,
    "holder_mask": "张*丰",
}

_COMPARED = ("MATCHED", "AWAITING_APPROVAL", "APPROVED", "CORRECTED", "EXPORTED", "ANSWERED", "CLOSED")
_SIDES = {
    "MISSING_HERE": (None, THEIRS),
    "MISSING_AT_BANK": (OURS, None),
    "MISSING_THERE": (OURS, None),
    "EXTRA_THERE": (None, THEIRS),
}
_TREATED = {
    "MISSING_HERE": "CREATE",
    "MISSING_AT_BANK": "TERMINATE",
    "DIFFERS": "AMEND",
    "COLLISION": "CASE",
    "MISSING_THERE": "ADD",
    "EXTRA_THERE": "DELETE",
    "DIFFERS_THERE": "UPDATE",
}
_serial = count(1)


def make_file(partner: Partner, **fields: Any) -> ReceivedFile:
    """An accepted file of 1,000 lines, ten of them faulty."""
    serial = next(_serial)
    usual: dict[str, Any] = {
        "file_no": f"F{serial:06d}",
        "kind": "bank_contract_full",
        "business_date": DAY,
        "name": f"{partner.code}_{serial:06d}.txt",
        "size": 100_000,
        "digest": f"{serial:064d}",
        "origin": "DIRECTORY",
        "received_at": NOW,
        "state": "ACCEPTED",
        "line_count": 1000,
        "accepted_count": 990,
        "faulty_count": 10,
        "settled_at": NOW,
        "handled_at": NOW,
    }
    return ReceivedFile.objects.create(partner=partner, **{**usual, **fields})


def make_run(state: str = "AWAITING_APPROVAL", **fields: Any) -> Run:
    """A run in the given state, of ICBC's full list unless `partner` is given."""
    partner = fields.pop("partner", None) or the_bank()
    is_bank = partner.kind == "BANK"
    usual: dict[str, Any] = {
        "run_no": check_digit.new_number("R"),
        "side": "BANK" if is_bank else "PROVINCE",
        "period": "FULL",
        "business_date": DAY,
        "opened_at": NOW,
        **_counts(state),
        **_times(state, is_bank=is_bank),
    }
    given = {**usual, **fields}
    day = given["business_date"]
    given.setdefault("cut_off_at", clock.business_day_start(day + timedelta(days=1)))
    given.setdefault("file", None)
    given["file"] = given["file"] or make_file(partner, business_date=day)
    return Run.objects.create(state=state, partner=partner, **given)


def make_discrepancy(
    run: Run, difference: str = "MISSING_AT_BANK", *, state: str = "OPEN", **fields: Any
) -> Discrepancy:
    """A discrepancy of the run in the given state, with both sides as the difference has them."""
    ours, theirs = _SIDES.get(difference, (OURS, THEIRS))
    is_over = state not in ("OPEN", "EXPORTED")
    usual: dict[str, Any] = {
        "round": run.round,
        "attributes": ["recharge_amount_fen"] if difference in ("DIFFERS", "DIFFERS_THERE") else [],
        "line_no": 17 if theirs else None,
        "msisdn": MSISDN,
        "bank_contract_no": "ICBC2026112000012345",
        "ours": ours,
        "theirs": theirs,
        "treatment": _TREATED.get(difference, "IGNORE"),
        "shield": "CHANGED_SINCE" if state == "CARRIED" else "",
        "remark": "Somebody said so." if state == "IGNORED" else "",
        "found_at": NOW,
        "exported_at": NOW if state == "EXPORTED" else None,
        "settled_at": NOW if is_over else None,
    }
    given = {**usual, **fields}
    given["province"] = given.get("province") or the_province()
    return Discrepancy.objects.create(run=run, difference=difference, state=state, **given)


def _counts(state: str) -> dict[str, int]:
    if state not in _COMPARED:
        return {}
    counts = {"our_count": 1000, "their_count": 990, "even_count": 940, "discrepancy_count": 60}
    return counts if state == "MATCHED" else {**counts, "shrink_count": 50}


def _times(state: str, *, is_bank: bool) -> dict[str, datetime]:
    later = NOW + timedelta(minutes=5)
    times = {"matched_at": NOW} if state in _COMPARED else {}
    if is_bank and state in ("CORRECTED", "CLOSED"):
        times["corrected_at"] = later
    if not is_bank and state in ("EXPORTED", "ANSWERED", "CLOSED"):
        times["exported_at"] = later
    if not is_bank and state in ("ANSWERED", "CLOSED"):
        times["answered_at"] = later
    if state in ("CLOSED", "REFUSED", "OVERTAKEN"):
        times["closed_at"] = later
    return times
