"""The accounts behind a role: opened when first needed, spread over shards by what is posted."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from zlib import crc32

from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery, Value

from billing.models import ChartLine, LedgerAccount
from billing.states import AccountRole

_chart = ChartLine.objects.filter(role=OuterRef("role"))


def accounts_for(owners: Mapping[AccountRole, int | None], *, key: str) -> dict[AccountRole, int]:
    """Return the ids of the accounts of several roles (the shards that `key`, such as "recharge:…", falls on), in one
    statement; those that are missing are opened."""
    opened = LedgerAccount.objects.annotate(
        wanted=Value(crc32(key.encode())) % Subquery(_chart.values("shards"), output_field=BigIntegerField())
    ).filter(shard=F("wanted"))
    each = [Q(role=role, partner_id=partner_id) for role, partner_id in owners.items()]
    found: dict[tuple[str, int | None], int] = {
        (role, partner_id): int(pk)
        for role, partner_id, pk in opened.filter(reduce(or_, each)).values_list("role", "partner_id", "pk")
    }
    return {
        role: found.get((role, partner_id)) or account_for(role, partner_id, key=key)
        for role, partner_id in owners.items()
    }


def account_for(role: AccountRole, partner_id: int | None, *, key: str) -> int:
    """Return the id of the account (the shard that `key`, such as "recharge:…", falls on), opening it if need be."""
    shard = crc32(key.encode()) % _shards(role)
    account, _opened = LedgerAccount.objects.only("id").get_or_create(
        role=role, partner_id=partner_id, shard=shard
    )
    return int(account.pk)


def open_accounts(role: AccountRole, partner_ids: Iterable[int]) -> None:
    """Open every shard of these partners' accounts, for postings by the thousand; harmless when repeated."""
    shards = range(_shards(role))
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(role=role, partner_id=partner_id, shard=shard)
            for partner_id in sorted(set(partner_ids))
            for shard in shards
        ],
        ignore_conflicts=True,
    )


def shard_ids(role: AccountRole, partner_ids: Iterable[int], *, key: int) -> list[int]:
    """Return the ids of these partners' accounts on the shard that `account_sql` chooses by the same key."""
    wanted = LedgerAccount.objects.filter(
        role=role, partner_id__in=set(partner_ids), shard=key % _shards(role)
    )
    return list(wanted.values_list("pk", flat=True))


def account_sql(role: AccountRole, *, partner: str, key: str) -> str:
    """Return SQL for the id of an opened account: `partner` is an expression of the partner's id, `key` a bigint that
    spreads postings over the shards (an item's id, say)."""
    return (
        f"(SELECT account.id FROM billing_ledgeraccount account WHERE account.role = '{role}'"
        f" AND account.partner_id = {partner} AND account.shard = mod({key}, {_shards(role)}))"
    )


def lock_accounts(account_ids: Iterable[int]) -> None:
    """Lock accounts, ascending, for a transaction that posts several entries: none waits for another in a circle."""
    wanted = LedgerAccount.objects.filter(pk__in=set(account_ids)).order_by("pk")
    list(wanted.select_for_update(no_key=True).values_list("pk", flat=True))


def _shards(role: AccountRole) -> int:
    return int(ChartLine.objects.values_list("shards", flat=True).get(role=role))
