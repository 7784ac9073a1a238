"""The settlement report as a page and as a workbook: what each bank is to pay for a stretch of days, and from what."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from billing.admin.forms import PeriodForm
from billing.settlement_report import MOST_DAYS, Line, Sums, report, total
from unipay import clock
from unipay.backoffice.models import EXPORT
from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.backoffice.provinces import visible_provinces

REPORT_RIGHTS = ("billing.view_settlementterms", "billing.view_recharge")
SECONDS = 30.0
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEXTS = 5
_MONEY = "#,##0.00"

log = structlog.get_logger(__name__)


def report_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the report of the days that are asked for, the month so far at first; or answer with the workbook."""
    if not request.user.has_perms(REPORT_RIGHTS):
        raise PermissionDenied
    form, begins, ends = _asked_for(request)
    lines, is_late = _lines(request, begins, ends)
    if "export" in request.GET and request.user.has_perm(EXPORT):
        log.info("settlement_exported", begins=f"{begins}", ends=f"{ends}", user=str(request.user))
        return _workbook(lines, begins, ends)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media + form.media,
        "title": _("What the banks are to pay"),
        "form": form,
        "begins": begins,
        "ends": ends,
        "most_days": MOST_DAYS,
        "groups": list(_groups(lines)),
        "total": total(lines),
        "is_late": is_late,
        "may_export": request.user.has_perm(EXPORT),
        "is_narrowed": visible_provinces(request.user) is not None,
    }
    return TemplateResponse(request, "billing/settlement_report.html", context)


def _asked_for(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    """The days in order, and no more of them than a report spans."""
    today = clock.business_date(clock.now())
    usual = {"begins": today.replace(day=1), "ends": today}
    asked = {name: request.GET[name] for name in usual if request.GET.get(name)}
    form = PeriodForm({**{name: f"{day}" for name, day in usual.items()}, **asked})
    said = form.cleaned_data if form.is_valid() else usual
    begins, ends = sorted((said["begins"], said["ends"]))
    return form, max(begins, ends - timedelta(days=MOST_DAYS - 1)), ends


def _lines(request: HttpRequest, begins: date, ends: date) -> tuple[list[Line], bool]:
    try:
        with patience(seconds=SECONDS):
            return report(begins=begins, ends=ends, provinces=visible_provinces(request.user)), False
    except ImpatientQuery:
        return [], True


def _groups(lines: Sequence[Line]) -> Iterator[tuple[str, str, list[tuple[str, Sums]], Sums]]:
    """Each bank code with its provinces and its sum, the codes of one legal bank beside each other."""
    language = get_language() or ""
    for bank, of_bank in groupby(lines, key=lambda line: line.bank):
        found = list(of_bank)
        beside = " · ".join(filter(None, (_legal(found[0]), _settled(found[0]))))
        rows = [(line.province.title(language), line.sums) for line in found]
        yield f"{bank.title(language)} ({bank.code})", beside, rows, total(found)


def _legal(line: Line) -> str:
    """The bank in law, where it is called otherwise than the code."""
    return "" if line.legal_bank == line.bank.name else line.legal_bank


def _settled(line: Line) -> str:
    if line.settles_with == line.bank.code:
        return ""
    return _("settled with %(code)s") % {"code": line.settles_with}


def _workbook(lines: Sequence[Line], begins: date, ends: date) -> HttpResponse:
    book, file = Workbook(write_only=True), BytesIO()
    sheet: Any = book.create_sheet(_("settlement"))
    sheet.freeze_panes = "A2"
    headers = _headers()
    for place in range(1, len(headers) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.append([_text(sheet, capfirst(header), bold=True) for header in headers])
    for line in lines:
        sheet.append(_row(sheet, line))
    everything = [_text(sheet, _("all together"), bold=True), *[None] * (_TEXTS - 1)]
    sheet.append([*everything, *_figures(sheet, total(list(lines)))])
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=WORKBOOK)
    response.headers["Content-Disposition"] = f'attachment; filename="settlement-{begins}-{ends}.xlsx"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _headers() -> list[str]:
    return [
        _("bank code"),
        _("bank"),
        _("legal bank"),
        _("settled with"),
        _("province"),
        _("recharges (count)"),
        _("recharges (yuan)"),
        _("debits (count)"),
        _("debits (yuan)"),
        _("reversed (yuan)"),
        _("not confirmed (yuan)"),
        _("refunded (yuan)"),
        _("fees (yuan)"),
        pgettext("settlement", "net (yuan)"),
    ]


def _row(sheet: Any, line: Line) -> list[Any]:
    language = get_language() or ""
    texts = (
        line.bank.code,
        line.bank.title(language),
        line.legal_bank,
        line.settles_with,
        line.province.title(language),
    )
    return [*(_text(sheet, text) for text in texts), *_figures(sheet, line.sums)]


def _figures(sheet: Any, sums: Sums) -> list[Any]:
    return [
        sums.recharge_count,
        _yuan(sheet, sums.recharge_fen),
        sums.debit_count,
        _yuan(sheet, sums.debit_fen),
        *(_yuan(sheet, -fen) for fen in (sums.reversed_fen, sums.outstanding_fen, sums.refunded_fen)),
        _yuan(sheet, -sums.fee_fen),
        _yuan(sheet, sums.net_fen),
    ]


def _yuan(sheet: Any, fen: int) -> Any:
    cell = WriteOnlyCell(sheet, Decimal(fen).scaleb(-2))
    cell.number_format = _MONEY
    return cell


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that is text and nothing else, whatever it begins with."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
