"""What happens when whoever a file was for finds a good line of it that makes no sense there: shown as a fault."""

from collections.abc import Sequence

from unipay.exchange.models import FileFault, ReceivedFile


def note_faults(file: ReceivedFile, faults: Sequence[tuple[int, str, str]]) -> None:
    """Keep (line number, column, code) beside the file, each once; the file's counts stay as they were read."""
    known = set(FileFault.objects.filter(file=file).values_list("line_no", "column", "code"))
    FileFault.objects.bulk_create(
        FileFault(file=file, line_no=line_no, column=column, code=code)
        for line_no, column, code in faults
        if (line_no, column, code) not in known
    )
