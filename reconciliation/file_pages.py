"""Where people see what a file led to."""

from django.urls import reverse

from reconciliation.models import Run
from unipay.exchange.models import ReceivedFile


def run_page(file: ReceivedFile) -> str:
    """Return the address of the run an accepted file brought, "" while there is none."""
    run = Run.objects.filter(file=file).only("pk").first()
    return reverse("admin:reconciliation_run_change", args=[run.pk]) if run else ""
