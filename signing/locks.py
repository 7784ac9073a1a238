"""What signing locks, and in which order: numbers first (ascending), then sessions, contracts, cases.

Every flow takes the locks of all numbers it speaks of before it reads, so that two flows about one number happen one
after the other; the unique indexes remain the law for whoever forgets.
"""

from collections.abc import Iterable

from django.db import connection

NAMESPACE = 20_000  # keeps these advisory locks apart from those of other subjects


def lock_numbers(msisdns: Iterable[str]) -> None:
    """Hold the given mobile numbers until the transaction ends; in ascending order, so that nobody waits in a ring."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(number, %s))"
            " FROM (SELECT DISTINCT unnest(%s::text[]) AS number ORDER BY 1) AS numbers",
            [NAMESPACE, sorted(set(msisdns))],
        )


def lock_numbers_of_contract(contract_no: str, *, bank_id: int) -> bool:
    """Hold the numbers of the bank's contract, in one round trip; tells whether the bank has such a contract."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(number, %s)) FROM ("
            "  SELECT DISTINCT unnest(array_append(secondary_msisdns::text[], msisdn::text)) AS number"
            "  FROM signing_contract WHERE contract_no = %s AND bank_id = %s ORDER BY 1"
            ") AS numbers",
            [NAMESPACE, contract_no, bank_id],
        )
        return cursor.rowcount > 0
