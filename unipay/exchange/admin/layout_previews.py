"""What will happen to a layout that is published or retired, in sentences for who confirms it."""

from datetime import timedelta

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from unipay.backoffice.admin import Preview, Question
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal, Text
from unipay.exchange.admin.fields import kind_title, layout_title
from unipay.exchange.admin.layout_words import place_of
from unipay.exchange.flows.layout_versions import refuse_publishing
from unipay.exchange.models import FileLayout, LayoutState

_NOT_NOW = gettext_lazy("not possible in its present state.")


def published(layout: FileLayout) -> Preview:
    """From when on it reads which files, and what it takes the place of; or everything that is wrong with it."""
    if not can_proceed(layout.publish):
        return Preview(refusal=_NOT_NOW)
    try:
        refuse_publishing(layout)
    except Refusal as refusal:
        return Preview(refusal=_with_faults(layout, refusal))
    words = {"kind": kind_title(layout.kind), "whose": _whose(layout), "day": layout.effective_from}
    return Preview(
        (
            _("From the business date %(day)s on it reads and writes: %(kind)s, %(whose)s.") % words,
            _instead_of(layout),
            _("It never changes again: what must change becomes a new version."),
        )
    )


def retired(layout: FileLayout) -> Preview:
    """What reads the files instead."""
    if not can_proceed(layout.retire):
        return Preview(refusal=_NOT_NOW)
    effects = [_("No new file is read or written by it. Files it has read stay as they are.")]
    instead = _in_force_before(layout, include_the_day=True)
    if instead is None:
        effects.append(
            _("Nothing else reads these files: until another layout is published they are refused.")
        )
    else:
        effects.append(_("Instead they are read by %(layout)s.") % {"layout": _named(instead)})
    return Preview(tuple(effects))


def _instead_of(layout: FileLayout) -> Text:
    before = _in_force_before(layout, include_the_day=False)
    if before is None:
        return _("Until then nothing reads these files: it is the first layout for them.")
    last = layout.effective_from - timedelta(days=1)
    return _("It takes the place of %(layout)s, which goes on for business dates up to %(day)s.") % {
        "layout": _named(before),
        "day": last,
    }


def _in_force_before(layout: FileLayout, *, include_the_day: bool) -> FileLayout | None:
    """The one that would read the files without this one: the partner's own, else the neutral one."""
    published = FileLayout.objects.filter(kind=layout.kind, state=LayoutState.PUBLISHED).exclude(pk=layout.pk)
    bound = "effective_from__lte" if include_the_day else "effective_from__lt"
    earlier = published.filter(**{bound: layout.effective_from}).order_by("-effective_from")
    own = earlier.filter(partner=layout.partner_id).first()
    return own or earlier.filter(partner=None).first()


def _whose(layout: FileLayout) -> str:
    return str(layout.partner.title if layout.partner else _("every partner that has none of its own"))


def _named(layout: FileLayout) -> str:
    return f"{layout_title(layout)} ({layout})"


def _with_faults(layout: FileLayout, refusal: Refusal) -> Text:
    if not refusal.faults:
        return reason_of(refusal)
    columns = list(layout.columns.all())
    faults = ((place_of(layout, columns, fault.field), fault.detail) for fault in refusal.faults)
    return format_html("{}{}", reason_of(refusal), format_html_join("", "<br>· {}: {}", faults))


PUBLISHING = Question(
    title=gettext_lazy("Publish this layout?"),
    warning=gettext_lazy("A published layout never changes. Try it on a sample first, if nobody has."),
    button=gettext_lazy("Publish"),
    preview=published,
    is_dangerous=False,
)
RETIRING = Question(
    title=gettext_lazy("Retire this layout?"),
    warning=gettext_lazy("A retired layout does not come back; a copy of it does."),
    button=gettext_lazy("Retire"),
    preview=retired,
)
