"""What entries, messages and cases call a row of money ("recharge:…"), and where its page is."""

from typing import Any

from django.urls import reverse

from billing.models import Bill, DebitBatch, DebitItem, DebitReturn, DebitRun, Recharge

_KINDS: dict[str, tuple[Any, str]] = {
    "recharge": (Recharge, "recharge_no"),
    "bill": (Bill, "bill_no"),
    "debit_run": (DebitRun, "run_no"),
    "debit_item": (DebitItem, "item_no"),
    "debit_return": (DebitReturn, "return_no"),
}


def page_about(subject: str, person: Any) -> str:
    """Return the address of what is spoken of, "" where there is none or the person may not see it."""
    kind, _colon, number = subject.partition(":")
    if kind == "debit_batch":
        batch = DebitBatch.objects.filter(batch_no=number).values_list("run_id", flat=True).first()
        return _page(DebitRun, batch, person)
    if kind not in _KINDS:
        return ""
    model, column = _KINDS[kind]
    return _page(model, model.objects.filter(**{column: number}).values_list("pk", flat=True).first(), person)


def _page(model: Any, pk: int | None, person: Any) -> str:
    name = model._meta.model_name
    if pk is None or not person.has_perm(f"billing.view_{name}"):
        return ""
    return reverse(f"admin:billing_{name}_change", args=[pk])
