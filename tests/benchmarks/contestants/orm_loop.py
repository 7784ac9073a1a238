"""A loop over the lines of the plain file, asking for each contract by Django's ORM; over a sample of the lines."""

import csv
from itertools import islice

from signing.models import Contract
from tests.benchmarks.contest import Outcome
from tests.benchmarks.contract_files import COLUMNS, NUMBERS, Books
from unipay import encryption
from unipay.partners.models import Partner

SAMPLE = 5_000


def run(way: str, books: Books) -> Outcome:
    """What differs is only counted; what the bank does not list would take a second loop."""
    outcome = Outcome(sample=min(SAMPLE, books.count))
    bank = Partner.objects.get(code=books.bank)
    standing = Contract.objects.filter(bank=bank).defer("account_number", "holder_name", "identity_no")
    differing = 0
    with books.lines(way).open() as lines, outcome.timed("loop"):
        for line in islice(csv.DictReader(lines, list(COLUMNS), delimiter="|"), outcome.sample):
            contract = standing.filter(bank_contract_no=line["bank_contract_no"]).first()
            differing += contract is None or _differs(contract, line, way)
    return outcome


def _differs(contract: Contract, line: dict[str, str], way: str) -> bool:
    account = contract.account_mask, line["account_mask"]
    if way == NUMBERS:
        index = encryption.default().blind_index(line["account_number"], context="contract.account")
        account = contract.account_index, index
    pairs = [
        account,
        (contract.msisdn, line["msisdn"]),
        (",".join(sorted(contract.secondary_msisdns)), line["secondary_msisdns"]),
        (contract.account_type, line["account_type"]),
        (contract.recharge_threshold_fen, _fen(line["recharge_threshold_fen"])),
        (contract.recharge_amount_fen, _fen(line["recharge_amount_fen"])),
        (contract.auto_pay, line["auto_pay"] == "Y"),
    ]
    return any(ours != theirs for ours, theirs in pairs)


def _fen(text: str) -> int | None:
    return int(text) if text else None
