"""Where the back office shows what a file of a bank led to."""

from django.urls import NoReverseMatch, reverse

from billing.models import DebitReturn
from unipay.exchange.models import ReceivedFile


def return_page(file: ReceivedFile) -> str:
    """Return the address of the return a file became; "" while there is none."""
    returned_id = DebitReturn.objects.filter(file=file).values_list("pk", flat=True).first()
    if returned_id is None:
        return ""
    try:
        return reverse("admin:billing_debitreturn_change", args=[returned_id])
    except NoReverseMatch:
        return ""
