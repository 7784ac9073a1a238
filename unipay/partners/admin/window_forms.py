"""Forms of maintenance windows, alone and on a partner's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from unipay import clock
from unipay.partners import maintenance
from unipay.partners.models import MaintenanceWindow


class MaintenanceWindowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A maintenance window by its two ends; a new one is offered as the coming night."""

    starts_at = forms.SplitDateTimeField(label=_("starts"), widget=UnfoldAdminSplitDateTimeWidget)
    ends_at = forms.SplitDateTimeField(label=_("ends"), widget=UnfoldAdminSplitDateTimeWidget)

    class Meta:
        model = MaintenanceWindow
        fields = ("remark",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(starts_at=self.instance.period.lower, ends_at=self.instance.period.upper)
        else:
            starts_at, ends_at = maintenance.usual(clock.now())
            self.initial = {"starts_at": starts_at, "ends_at": ends_at, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Put the two ends together; the window must end after it starts, and meet no other of its partner."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at:
            if ends_at <= starts_at:
                raise forms.ValidationError({"ends_at": _("It must end after it starts.")})
            self._refuse_overlap(cleaned, starts_at, ends_at)
            self.instance.period = DateTimeTZRange(starts_at, ends_at)
        return cleaned

    def _refuse_overlap(self, cleaned: dict[str, Any], starts_at: Any, ends_at: Any) -> None:
        partner = cleaned.get("partner") or (self.instance.partner if self.instance.partner_id else None)
        other = maintenance.overlapping(partner, starts_at, ends_at, without=self.instance.pk)
        if other is not None:
            raise forms.ValidationError(
                {"starts_at": _("It meets another window: %(window)s.") % {"window": other}}
            )


class PartnerWindowForm(MaintenanceWindowForm):
    """A maintenance window of a partner that is chosen here."""

    class Meta:
        model = MaintenanceWindow
        fields = ("partner", "remark")


class WindowFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The windows of one partner, which must not meet each other either."""

    def clean(self) -> None:
        """Compare each with the one before it."""
        super().clean()
        given = [
            form.cleaned_data
            for form in self.forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]
        ends = sorted((each["starts_at"], each["ends_at"]) for each in given if each.get("ends_at"))
        if any(later[0] < earlier[1] for earlier, later in zip(ends, ends[1:], strict=False)):
            raise forms.ValidationError(_("Two of these windows meet each other."))
