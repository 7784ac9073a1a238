"""Where the books of one size lie on disk, and what their lines hold."""

import csv
from dataclasses import dataclass
from pathlib import Path

NUMBERS, MASKS = "numbers", "masks"
WAYS = {NUMBERS: "account_number", MASKS: "account_mask"}
COLUMNS = {
    "bank_contract_no": "VARCHAR",
    "msisdn": "VARCHAR",
    "secondary_msisdns": "VARCHAR",
    "account_number": "VARCHAR",
    "account_mask": "VARCHAR",
    "account_type": "VARCHAR",
    "holder_name": "VARCHAR",
    "identity_no": "VARCHAR",
    "recharge_threshold_fen": "BIGINT",
    "recharge_amount_fen": "BIGINT",
    "auto_pay": "VARCHAR",
    "signed_at": "VARCHAR",
}
_EVERYWHERE = (
    "msisdn",
    "secondary_msisdns",
    "account_type",
    "recharge_threshold_fen",
    "recharge_amount_fen",
    "auto_pay",
)


@dataclass(frozen=True)
class Books:
    """Books of so many contracts."""

    directory: Path
    count: int

    @property
    def bank(self) -> str:
        """The code of the bank whose book it is."""
        return f"RECON{self.count}"

    def lines(self, way: str) -> Path:
        """The bank's lines with account numbers or with masks, delimited by "|", without header and trailer."""
        return self.directory / f"lines-{way}.csv"

    @property
    def ours(self) -> Path:
        """Our side as a file of the same columns, the account in plain: what a join of two files is given."""
        return self.directory / "ours.csv"

    @property
    def outcome(self) -> Path:
        """What the last contestant found."""
        return self.directory / "outcome.json"

    @property
    def planted_file(self) -> Path:
        """What differs: difference and bank's contract number."""
        return self.directory / "planted.csv"

    def planted(self) -> list[tuple[str, str]]:
        """What differs, in order."""
        with self.planted_file.open() as lines:
            return sorted((difference, number) for difference, number in csv.reader(lines, delimiter="|"))


def compared(way: str) -> list[str]:
    """What every contestant compares beside the key, the bank's contract number."""
    return [*_EVERYWHERE, WAYS[way]]
