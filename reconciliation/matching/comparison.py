"""The comparison itself, in DuckDB: both sides in columns, one join, and only what differs comes out.

Tables of the connection: `lines` (the file, made by the reading), `ours` (our side), `theirs` (the file's good lines,
one for each contract), `found` (what differs: columns of ours with `o_`, of theirs with `t_`, `attributes`,
`difference`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reconciliation.matching.specification import Attribute, Specification
from reconciliation.states import Period
from unipay.exchange import columnar

_TYPES_OF_OURS = {
    "contract_id": "BIGINT",
    "version": "INTEGER",
    "recharge_threshold_fen": "BIGINT",
    "recharge_amount_fen": "BIGINT",
    "auto_pay": "BOOLEAN",
    "province_id": "BIGINT",
    "signed_that_day": "BOOLEAN",
    "ended_at": "TIMESTAMPTZ",
}
_OF_DAY = ("last_change", "signed_that_day", "ended_at")
# Banks mask in their own ways: the last four digits always show, the first six mostly.
_MACROS = (
    """CREATE OR REPLACE MACRO same_mask(ours, theirs) AS
        coalesce(ours, '') = theirs OR (
            right(coalesce(ours, ''), 4) = right(theirs, 4)
            AND (left(theirs, 6) = left(ours, 6) OR left(theirs, 6) LIKE '%*%')
        )""",
    "CREATE OR REPLACE MACRO key_of(account_index) AS ('0x' || left(account_index, 16))::UBIGINT",
)
_FORMAL = "('ACTIVE', 'SUSPENDED')"


@dataclass(frozen=True)
class Counts:
    """How many contracts were compared: ours, theirs, and those of ours that agree."""

    ours: int
    theirs: int
    even: int


class Comparison:
    """One comparison on one DuckDB connection, by one specification."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        specification: Specification,
        *,
        carried: Sequence[str],
        period: Period,
    ) -> None:
        self.connection = connection
        self.specification = specification
        self.carried = carried
        self.period = period
        columnar.define_blind_index(connection, context="contract.account")
        columnar.define_masks(connection)
        for macro in _MACROS:
            connection.execute(macro)

    def load_theirs(self) -> None:
        """Make `theirs` of the file's good lines; of an increment's lines about one contract the last one counts."""
        columns = ", ".join(self._their_column(name, kind) for name, kind in self.specification.fields)
        selected = f"SELECT line_no, NULL::BIGINT AS carried_id, {columns} FROM lines WHERE NOT is_faulty"
        if self.period == Period.FULL:
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW theirs AS {selected}")
            return
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE theirs AS {selected}"
            f" QUALIFY row_number() OVER (PARTITION BY {self.specification.key}"
            " ORDER BY occurred_at DESC, line_no DESC) = 1"
        )

    def load_ours(self, path: Path, columns: Sequence[str]) -> None:
        """Make `ours` of what signing wrote to `path`."""
        types = ", ".join(f"'{name}': '{_TYPES_OF_OURS.get(name, 'VARCHAR')}'" for name in columns)
        missing = "".join(f", NULL::{_TYPES_OF_OURS.get(name, 'VARCHAR')} AS {name}" for name in _OF_DAY)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE ours AS SELECT * EXCLUDE (account_index),"
            f" key_of(account_index) AS account_key{'' if _OF_DAY[0] in columns else missing},"
            " false AS must_be_there, NULL::BIGINT AS carried_id FROM read_csv(?, header=false, delim='|',"
            f" quote='\"', escape='\"', auto_detect=false, nullstr='', columns={{{types}}})",
            [str(path)],
        )

    def compare(self) -> Counts:
        """Make `found`, and return the counts."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE uneven AS {self._first_join()}")
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE found AS {self._with_particulars()}")
        self._try_second_key()
        self.connection.execute(
            "DELETE FROM found WHERE difference IS NULL OR difference = 'DIFFERS' AND len(attributes) = 0"
        )
        self._mark_faulty_lines()
        ours, theirs, differing = self._one(
            "SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs),"
            " (SELECT count(*) FROM found WHERE o_contract_id IS NOT NULL)"
        )
        return Counts(ours=ours, theirs=theirs, even=ours - differing)

    def mark_outdated(self, said_later: Collection[str]) -> None:
        """What a later file, decided already, spoke of: `said_later`, by key."""
        key = self.specification.key
        self.connection.execute("ALTER TABLE found ADD COLUMN is_outdated BOOLEAN DEFAULT false")
        if said_later:
            self.connection.execute(
                "UPDATE found SET is_outdated = true FROM (SELECT unnest(?) AS key) later"
                f" WHERE later.key = o_{key} OR later.key = t_{key}",
                [list(said_later)],
            )

    def _mark_faulty_lines(self) -> None:
        """What a faulty line of the file speaks of is known badly: neither side of it may be corrected.

        It speaks of a contract by its key; by its number of one of ours that the file has no line of, as the bank may
        have given that another key.
        """
        key = self.specification.key
        faulty, numbers = (
            f"(SELECT {name} FROM lines WHERE is_faulty AND {name} IS NOT NULL)" for name in (key, "msisdn")
        )
        self.connection.execute(
            f"ALTER TABLE found ADD COLUMN is_faulty BOOLEAN DEFAULT false;"
            f"UPDATE found SET is_faulty = true WHERE o_{key} IN {faulty} OR t_{key} IN {faulty}"
            f" OR t_line_no IS NULL AND o_msisdn IN {numbers}"
        )

    def _their_column(self, name: str, kind: str) -> str:
        if name == "account_mask" and "account_number" in self.carried:
            given = "account_mask" if "account_mask" in self.carried else "NULL"
            return f"coalesce(mask_account(account_number), {given}) AS account_mask"
        if name == "account_key" and "account_number" in self.carried:
            return "key_of(blind_index(account_number)) AS account_key"
        return name if name in self.carried else f"NULL::{kind} AS {name}"

    def _first_join(self) -> str:
        """Which lines and contracts may differ: only what is compared goes through the join."""
        key = self.specification.key
        return (
            "SELECT o.contract_id, t.line_no"
            f" FROM ours o FULL JOIN theirs t ON o.{key} = t.{key} WHERE {self._may_be_uneven()}"
        )

    def _with_particulars(self) -> str:
        """What differs, with all that either side says: the few are looked up once they are known."""
        return (
            f"SELECT {self._sides()}, {self._attributes()} AS attributes, {self._difference()} AS difference"
            " FROM uneven"
            " LEFT JOIN ours o ON o.contract_id = uneven.contract_id"
            " LEFT JOIN theirs t ON t.line_no = uneven.line_no"
        )

    def _sides(self) -> str:
        ours = ", ".join(f"o.{name} AS o_{name}" for name in self._columns_of("ours"))
        theirs = ", ".join(f"t.{name} AS t_{name}" for name in self._columns_of("theirs"))
        return f"{ours}, {theirs}"

    def _attributes(self) -> str:
        listed = ", ".join(f"CASE WHEN {each.differs} THEN '{each.name}' END" for each in self._compared())
        return (
            f"CASE WHEN o.contract_id IS NULL OR t.line_no IS NULL THEN []::VARCHAR[] "
            f"ELSE list_filter([{listed}]::VARCHAR[], lambda each: each IS NOT NULL) END"
        )

    def _compared(self) -> list[Attribute]:
        return self.specification.compared(self.carried)

    def _may_be_uneven(self) -> str:
        differs = " OR ".join(f"({self._suspect(each)})" for each in self._compared()) or "false"
        ended = ""
        if self.period == Period.INCREMENT:
            ended = f" OR t.change = 'TERMINATED' OR o.state NOT IN {_FORMAL}"
        return f"o.contract_id IS NULL OR t.line_no IS NULL{ended} OR {differs}"

    def _suspect(self, attribute: Attribute) -> str:
        return (
            attribute.suspect
            if attribute.suspect and attribute.needs[0] in self.carried
            else attribute.differs
        )

    def _difference(self) -> str:
        """The kind of difference, NULL where there is none after all; provinces' words are put in later."""
        ended_there = "t.change = 'TERMINATED'" if self.period == Period.INCREMENT else "false"
        only_ours = "'MISSING_AT_BANK'"
        if self.period == Period.INCREMENT:
            only_ours = (
                f"CASE WHEN o.state IN {_FORMAL} AND (o.signed_that_day OR o.must_be_there)"
                " THEN 'MISSING_AT_BANK' WHEN o.last_change IS NOT NULL THEN 'UNCONFIRMED' END"
            )
        return f"""CASE
            WHEN o.contract_id IS NULL THEN CASE WHEN {ended_there} THEN NULL ELSE 'MISSING_HERE' END
            WHEN t.line_no IS NULL THEN {only_ours}
            WHEN {ended_there} THEN CASE WHEN o.state IN {_FORMAL} THEN 'TERMINATED_AT_BANK' END
            WHEN o.state = 'TERMINATED' THEN 'ENDED_HERE'
            WHEN o.state NOT IN {_FORMAL} THEN 'MISSING_HERE'
            ELSE 'DIFFERS' END"""

    def _try_second_key(self) -> None:
        """Pair what the key left alone on both sides, each side once; the pair replaces the two."""
        if not any(field in self.carried for field in self.specification.second_needs):
            return
        ours = ", ".join(f"o_{name} AS {name}" for name in self._columns_of("ours"))
        theirs = ", ".join(f"t_{name} AS {name}" for name in self._columns_of("theirs"))
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE second AS
            SELECT {self._sides()}, {self._attributes()} AS attributes, 'DIFFERS' AS difference
            FROM (SELECT {ours} FROM found WHERE t_line_no IS NULL AND o_state IN {_FORMAL}) o
            JOIN (SELECT {theirs} FROM found
                  WHERE o_contract_id IS NULL AND t_change IS DISTINCT FROM 'TERMINATED') t
            ON {self.specification.second_key}
            QUALIFY row_number() OVER (PARTITION BY o.contract_id ORDER BY t.line_no) = 1
                AND row_number() OVER (PARTITION BY t.line_no ORDER BY o.contract_id) = 1"""
        )
        self.connection.execute(
            "DELETE FROM found WHERE t_line_no IS NULL AND o_contract_id IN (SELECT o_contract_id FROM second)"
            " OR o_contract_id IS NULL AND t_line_no IN (SELECT t_line_no FROM second)"
        )
        self.connection.execute("INSERT INTO found BY NAME SELECT * FROM second")

    def _columns_of(self, table: str) -> list[str]:
        return [row[0] for row in self.connection.execute(f"DESCRIBE {table}").fetchall()]

    def _one(self, query: str) -> tuple[int, ...]:
        row = self.connection.execute(query).fetchone()
        if row is None:
            raise RuntimeError("A count without an answer.")
        return tuple(int(value) for value in row)
