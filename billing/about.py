"""What entries, messages and cases call a row of money ("recharge:…"), where its page is, and its province."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Substr
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


def named(subject: str) -> str:
    """Return what is spoken of as people call it: "recharge RC-…"; as it is kept where it is none of these."""
    kind, _colon, number = subject.partition(":")
    model = DebitBatch if kind == "debit_batch" else _KINDS.get(kind, (None, ""))[0]
    return f"{model._meta.verbose_name} {number}" if model else subject


def province_about(field: str) -> Coalesce:
    """Return the province of the recharge or debit item that a field of a query names, asked row by row."""
    return Coalesce(_province(Recharge, "recharge_no", field), _province(DebitItem, "item_no", field))


def _province(model: Any, column: str, field: str) -> Subquery:
    called = next(kind for kind, (named, _column) in _KINDS.items() if named is model)
    number = Substr(OuterRef(field), len(called) + 2)
    return Subquery(model.objects.filter(**{column: number}).values("province_id")[:1])


def _page(model: Any, pk: int | None, person: Any) -> str:
    name = model._meta.model_name
    if pk is None or not person.has_perm(f"billing.view_{name}"):
        return ""
    return reverse(f"admin:billing_{name}_change", args=[pk])
