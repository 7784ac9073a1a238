"""The double-entry ledger (domain.md C1): the chart, the accounts and their shards, entries and their lines.

Amounts are fen; a line's amount is positive on the debit side and negative on the credit side. Nothing is ever changed:
a mistake is corrected by the opposite entry.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.states import AccountRole, EntryKind, NormalSide
from unipay.never_emptied import never_emptied
from unipay.partners.kinds import PartnerKind

# Locks come first and ascending, so that two postings never wait for each other.
KEEP_BALANCES = """
    IF EXISTS (
        SELECT FROM new_lines line JOIN billing_journalentry entry ON entry.id = line.entry_id
        WHERE line.position > entry.line_count
    ) THEN
        RAISE EXCEPTION 'no line may be added to an entry' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM billing_ledgeraccount account
    WHERE account.id IN (SELECT account_id FROM new_lines) ORDER BY account.id FOR NO KEY UPDATE;
    UPDATE billing_ledgeraccount account
    SET balance_fen = account.balance_fen + moved.amount_fen
    FROM (SELECT account_id, sum(amount_fen)::bigint AS amount_fen FROM new_lines GROUP BY account_id) moved
    WHERE account.id = moved.account_id;
    INSERT INTO billing_accountday AS day (account_id, business_date, debit_fen, credit_fen, line_count)
    SELECT line.account_id, entry.business_date, coalesce(sum(line.amount_fen) FILTER (WHERE line.amount_fen > 0), 0),
        coalesce(-sum(line.amount_fen) FILTER (WHERE line.amount_fen < 0), 0), count(*)
    FROM new_lines line JOIN billing_journalentry entry ON entry.id = line.entry_id
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (account_id, business_date) DO UPDATE SET debit_fen = day.debit_fen + EXCLUDED.debit_fen,
        credit_fen = day.credit_fen + EXCLUDED.credit_fen, line_count = day.line_count + EXCLUDED.line_count;
    RETURN NULL;
"""
# Lines that sum to zero, and without their signs to twice the amount, have debits and credits of just that amount.
IS_BALANCED = """
    SELECT count(*), sum(amount_fen), sum(abs(amount_fen)) INTO line_count, total_fen, moved_fen
    FROM billing_ledgerline WHERE entry_id = NEW.id;
    IF line_count <> NEW.line_count OR total_fen <> 0 OR moved_fen <> 2 * NEW.amount_fen THEN
        RAISE EXCEPTION 'entry % is not balanced', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
BY_LINES_ALONE = """
    IF NEW.balance_fen <> coalesce(OLD.balance_fen, 0) AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance changes by entries alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class ChartLine(models.Model):
    """One line of the chart of accounts: a role, its number in the books, and whose accounts it has.

    `per`: the kind of partner that each account of the role belongs to, "" for one account of the whole centre.
    `shards`: over how many rows a new account of the role is spread, so that its postings don't wait for each other.
    """

    role = models.CharField(_("role"), max_length=24, choices=AccountRole, unique=True)
    code = models.CharField(_("account number"), max_length=16, unique=True)
    title = models.CharField(pgettext_lazy("account", "title"), max_length=80)
    title_en = models.CharField(_("English title"), max_length=80)
    side = models.CharField(_("normal side"), max_length=8, choices=NormalSide)
    per = models.CharField(_("one for each"), max_length=16, choices=PartnerKind, blank=True)
    shards = models.PositiveSmallIntegerField(_("spread over"), default=1)

    class Meta:
        verbose_name = _("line of the chart of accounts")
        verbose_name_plural = _("chart of accounts")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(shards__range=(1, 64)), name="account_is_spread_over_1_to_64"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The title in the language of the moment."""
        return self.title_en if (get_language() or "").startswith("en") else self.title


class LedgerAccount(models.Model):
    """One shard of one account; the account's balance is the sum over its shards. Kept by trigger, never by hand."""

    role = models.CharField(_("role"), max_length=24, choices=AccountRole)
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    shard = models.PositiveSmallIntegerField(_("shard"), default=0)
    balance_fen = models.BigIntegerField(_("balance (fen)"), default=0)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["role", "partner", "shard"],
                nulls_distinct=False,
                name="one_account_per_role_and_shard",
            ),
            models.CheckConstraint(
                condition=~Q(role=AccountRole.AGENT_DEPOSIT) | Q(balance_fen__lte=0),
                name="a_deposit_is_never_overdrawn",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="balance_by_lines_alone",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=BY_LINES_ALONE,
            ),
            pgtrigger.Protect(name="accounts_are_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.role}:{self.partner_id or ''}:{self.shard}"


class JournalEntry(models.Model):
    """One entry: `subject` names its business row ("recharge:…"), and that row names its entry.

    `amount_fen` is the sum of its debits; `line_count` its lines: both checked against the lines when the transaction
    commits. `reverses`: the entry this one is the opposite of, each reversed once at most.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=EntryKind)
    subject = models.CharField(_("about"), max_length=80)
    business_date = models.DateField(_("business date"))
    posted_at = models.DateTimeField(pgettext_lazy("time", "posted"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    line_count = models.PositiveSmallIntegerField(pgettext_lazy("ledger", "lines"), default=2)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="entry_moves_money"),
            models.CheckConstraint(condition=Q(line_count__gte=2), name="entry_has_two_sides"),
        ]
        indexes = [
            models.Index(fields=["subject"], name="entry_by_subject"),
            models.Index(fields=["business_date", "-id"], name="entry_by_day"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="is_balanced",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert,
                declare=[("line_count", "bigint"), ("total_fen", "numeric"), ("moved_fen", "numeric")],
                func=IS_BALANCED,
            ),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"E-{self.pk}"


class LedgerLine(models.Model):
    """One line of an entry: debit positive, credit negative."""

    entry = models.ForeignKey(
        JournalEntry,
        models.PROTECT,
        related_name="lines",
        db_index=False,
        verbose_name=pgettext_lazy("ledger", "entry"),
    )
    position = models.PositiveSmallIntegerField(_("position"))
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("account")
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))

    class Meta:
        verbose_name = _("ledger line")
        verbose_name_plural = _("ledger lines")
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="line_moves_money"),
            models.CheckConstraint(condition=Q(position__gte=1), name="ledger_lines_count_from_one"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="line_by_account")]
        triggers = [
            pgtrigger.Trigger(
                name="keep_balances",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_lines"),
                func=KEEP_BALANCES,
            ),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.position}"


class AccountDay(models.Model):
    """The turnover of one account on one business date, kept with every posting: no report sums up history."""

    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="days", db_index=False, verbose_name=_("account")
    )
    business_date = models.DateField(_("business date"))
    debit_fen = models.BigIntegerField(_("debits (fen)"), default=0)
    credit_fen = models.BigIntegerField(_("credits (fen)"), default=0)
    line_count = models.BigIntegerField(pgettext_lazy("ledger", "lines"), default=0)

    class Meta:
        verbose_name = _("day of an account")
        verbose_name_plural = _("days of accounts")
        constraints = [
            models.UniqueConstraint(fields=["account", "business_date"], name="one_row_per_account_and_day")
        ]
        indexes = [models.Index(fields=["business_date"], name="account_day_by_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.business_date}"


class TrialBalance(models.Model):
    """What a nightly check of the whole ledger found; anything uneven raises an alarm.

    `faults`: what does not agree, in words and figures.
    """

    business_date = models.DateField(_("business date"))
    taken_at = models.DateTimeField(_("taken at"))
    debit_fen = models.BigIntegerField(_("debits (fen)"))
    credit_fen = models.BigIntegerField(_("credits (fen)"))
    account_count = models.PositiveIntegerField(_("accounts"))
    faults = models.JSONField(_("faults"), default=list, blank=True)

    class Meta:
        verbose_name = _("trial balance")
        verbose_name_plural = _("trial balances")
        indexes = [models.Index(fields=["-business_date", "-id"], name="trial_balance_by_day")]

    def __str__(self) -> str:
        return f"{self.business_date}"

    @property
    def is_even(self) -> bool:
        """Whether everything agrees."""
        return not self.faults and self.debit_fen == self.credit_fen
