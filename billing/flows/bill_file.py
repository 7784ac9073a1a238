"""What happens when a province sends its bills as a file (domain.md C3): every line is a change, carried out set-based;
a line that makes no sense is shown as a fault. The same file again changes nothing."""

from datetime import datetime

from django.db import transaction

from billing.flows import bill_changes
from billing.flows.bill_changes import ADD, AMEND, CANCEL, COLUMNS
from unipay.exchange.flows.note_faults import note_faults
from unipay.exchange.models import ReceivedFile
from unipay.exchange.reading import Reading

__all__ = ["ADD", "AMEND", "CANCEL", "bills_accepted"]

_MOST_FAULTS = 10_000


@transaction.atomic
def bills_accepted(file: ReceivedFile, reading: Reading, now: datetime) -> None:
    """Carry out what an accepted file says of its province's bills."""
    columns = ", ".join(_said(name, reading) for name in COLUMNS)
    lines = reading.connection.execute(f"SELECT {columns} FROM lines WHERE NOT is_faulty")
    bill_changes.load(iter(lines.fetchone, None))
    bill_changes.carry_out(file.partner, now=now)
    faults = bill_changes.faults()[:_MOST_FAULTS]
    note_faults(file, [(line_no, "province_bill_no", code) for line_no, code in faults])


def _said(name: str, reading: Reading) -> str:
    if name not in ("line_no", *reading.fields):
        return f"NULL AS {name}"
    # As text: DuckDB hands moments to Python only through a library nobody else here needs.
    return f"CAST({name} AS VARCHAR)" if name == "joined_network_at" else name
