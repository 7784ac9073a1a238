"""One run: one partner's book for one business date, compared with ours."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from reconciliation.states import OVER, Period, RunState, Side, Waiting
from unipay.state_field import StateField

_UNDECIDED = [RunState.OPENED, RunState.RECEIVED, RunState.MATCHED, RunState.AWAITING_APPROVAL]


@pghistory.track(
    pghistory.UpdateEvent("state_changed", condition=pghistory.AnyChange("state")),
    fields=["id", "run_no", "state", "remark", "released_by"],
    model_name="RunEvent",
)
class Run(models.Model):
    """A shard of reconciliation: (partner, side, period, business date), with the file that brought it.

    `cut_off_at`: what the file knows; what changed here later is not corrected by it. Counts are of contracts:
    `their_count` lines that counted, `our_count` contracts of ours compared, `even_count` that agree.
    `round` grows each time it is opened again. `is_current`: a corrected file's run takes the place of the one before.
    `released_by`: who let it go before its turn. `next_attempt_at`: not before then, after something failed.
    """

    run_no = models.CharField(_("run number"), max_length=64, unique=True)
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", db_index=False, verbose_name=_("partner")
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    period = models.CharField(pgettext_lazy("reconciliation", "period"), max_length=12, choices=Period)
    business_date = models.DateField(_("business date"))
    cut_off_at = models.DateTimeField(_("cut-off"))
    file = models.ForeignKey(
        "exchange.ReceivedFile", models.PROTECT, related_name="+", verbose_name=_("file")
    )
    state = StateField(_("state"), default=RunState.OPENED, choices=RunState, protected=True)
    waits_for = models.CharField(_("waits for"), max_length=12, choices=Waiting, blank=True)
    waits_for_what = models.CharField(_("waits for, in particular"), max_length=400, blank=True)
    our_count = models.BigIntegerField(_("contracts here"), null=True, blank=True)
    their_count = models.BigIntegerField(_("contracts there"), null=True, blank=True)
    even_count = models.BigIntegerField(_("even"), null=True, blank=True)
    discrepancy_count = models.BigIntegerField(_("discrepancies"), null=True, blank=True)
    shrink_count = models.BigIntegerField(_("would be terminated"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    is_current = models.BooleanField(_("the day's last word"), default=True)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    matched_at = models.DateTimeField(pgettext_lazy("time", "matched"), null=True, blank=True)
    corrected_at = models.DateTimeField(pgettext_lazy("time", "corrected"), null=True, blank=True)
    exported_at = models.DateTimeField(pgettext_lazy("time", "exported"), null=True, blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("time", "answered"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("time", "closed"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    remark = models.CharField(_("remark"), max_length=400, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    exports = models.PositiveSmallIntegerField(_("correction files sent"), default=0)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)
    counted_at = models.DateTimeField(_("figures as of"), null=True, blank=True)

    class Meta:
        verbose_name = _("reconciliation run")
        verbose_name_plural = _("reconciliation runs")
        permissions = [
            ("propose_run", _("Can propose to go on with a run that was stopped, or to refuse it")),
            ("check_run", _("Can approve stopped runs")),
            ("release_run", _("Can let a run go before its turn, and open it again")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "side", "period", "business_date"],
                condition=Q(is_current=True),
                name="one_current_run_per_book_and_day",
            ),
            models.UniqueConstraint(fields=["file"], name="one_run_per_file"),
            models.CheckConstraint(
                condition=Q(state__in=OVER, closed_at__isnull=False) | ~Q(state__in=OVER) & Q(closed_at=None),
                name="run_closes_with_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.OPENED) | Q(waits_for=""), name="only_an_opened_run_waits"
            ),
            models.CheckConstraint(
                condition=Q(even_count=None) | Q(even_count__lte=F("our_count")),
                name="even_contracts_are_ours",
            ),
        ]
        indexes = [
            models.Index(fields=["business_date", "partner"], name="run_by_day"),
            models.Index(fields=["partner", "-id"], name="run_by_partner"),
            models.Index(fields=["state", "id"], name="run_unfinished", condition=~Q(state__in=OVER)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="runs_are_never_deleted",
                operation=pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return self.run_no

    @property
    def subject(self) -> str:
        """What proposals and files call this run."""
        return f"run:{self.run_no}"

    @transition(state, RunState.OPENED, RunState.RECEIVED)
    def take_turn(self) -> None:
        """Nothing is left to wait for."""
        self.waits_for, self.waits_for_what = "", ""

    @transition(state, RunState.RECEIVED, RunState.MATCHED)
    def match(self, *, now: datetime) -> None:
        """Everything that differs stands in the database."""
        self.matched_at = now

    @transition(state, RunState.MATCHED, RunState.AWAITING_APPROVAL)
    def stop(self) -> None:
        """It would end more contracts than the guard lets pass: people must say that this is right."""

    @transition(state, [RunState.MATCHED, RunState.AWAITING_APPROVAL], RunState.APPROVED)
    def approve(self, *, by_id: int | None) -> None:
        """Its corrections may be made: nothing was in the way, or people said so."""
        self.approved_by_id = by_id

    @transition(state, RunState.APPROVED, RunState.CORRECTED)
    def correct(self, *, now: datetime) -> None:
        """Every discrepancy is treated."""
        self.corrected_at = now

    @transition(state, [RunState.APPROVED, RunState.CORRECTED], RunState.EXPORTED)
    def export(self, *, now: datetime) -> None:
        """The province has its correction file."""
        self.exported_at = self.exported_at or now

    @transition(state, RunState.EXPORTED, RunState.ANSWERED)
    def answer(self, *, now: datetime) -> None:
        """Each line of the correction file was acknowledged or became a case."""
        self.answered_at = now

    @transition(state, [RunState.CORRECTED, RunState.ANSWERED], RunState.CLOSED)
    def close(self, *, now: datetime) -> None:
        """Nothing is left to do."""
        self.closed_at = now

    @transition(state, _UNDECIDED, RunState.REFUSED)
    def refuse(self, *, remark: str, now: datetime) -> None:
        """People say that the file must not be applied."""
        self.remark, self.closed_at, self.waits_for, self.waits_for_what = remark[:400], now, "", ""

    @transition(state, _UNDECIDED, RunState.OVERTAKEN)
    def overtake(self, *, remark: str, now: datetime) -> None:
        """A later file says what this one says, and more."""
        self.remark, self.closed_at, self.waits_for, self.waits_for_what = remark[:400], now, "", ""

    @transition(
        state,
        [RunState.MATCHED, RunState.AWAITING_APPROVAL, RunState.CORRECTED, RunState.CLOSED],
        RunState.RECEIVED,
    )
    def reopen(self, *, by_id: int, remark: str) -> None:
        """People want it compared again: what differs now is found anew."""
        self.released_by_id, self.remark = by_id, remark[:400]
        self.closed_at = self.matched_at = self.corrected_at = None
        self.approved_by_id = None
        self.round += 1
