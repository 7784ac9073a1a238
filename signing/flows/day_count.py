"""The statement that counts one business day, from %(begins)s until %(ends)s, and writes only what changed."""

from signing.models.daily_figure import FORMAL
from unipay.messaging.request_counts import ASKED_TO_SIGN, REFUSED

# The channel is looked up line by line: a join might read all the contracts there are for those of a day.
_JOURNAL = """
    SELECT line.kind AS measure, line.bank_id, line.province_id, CASE WHEN line.kind = 'SIGNED' THEN (
        SELECT contract.channel FROM signing_contract contract WHERE contract.id = line.contract_id
    ) ELSE line.reason END AS detail, COUNT(*) AS count
    FROM signing_signingtransaction line
    WHERE line.occurred_at >= %(begins)s AND line.occurred_at < %(ends)s AND line.kind IN ('SIGNED', 'TERMINATED')
    GROUP BY 1, 2, 3, 4
"""

# What was formal at some time is told by its journal, asked row by row.
_WAS_FORMAL = """(
                SELECT line.id FROM signing_signingtransaction line
                WHERE line.contract_id = {contract} AND line.kind = 'SIGNED' ORDER BY line.version LIMIT 1
            ) IS NOT NULL"""

_SESSIONS = f"""
    SELECT
        unnest(CASE WHEN consented_at IS NULL THEN ARRAY['SESSION'] ELSE ARRAY['SESSION', 'CONSENTED'] END)
            AS measure,
        bank_id, province_id, CASE
            WHEN state = 'COMPLETED' AND {_WAS_FORMAL.format(contract="session.contract_id")} THEN '{FORMAL}'
            ELSE state
        END AS detail, COUNT(*) AS count
    FROM signing_signingsession session
    WHERE opened_at >= %(begins)s AND opened_at < %(ends)s
    GROUP BY 1, 2, 3, 4
"""

_OPENED = f"""
    SELECT 'OPENED' AS measure, bank_id, province_id, CASE
            WHEN state <> 'TERMINATED' THEN state
            WHEN {_WAS_FORMAL.format(contract="contract.id")} THEN state
            ELSE end_reason
        END AS detail, COUNT(*) AS count
    FROM signing_contract contract
    WHERE opened_at >= %(begins)s AND opened_at < %(ends)s AND channel IN ('COUNTER', 'ONLINE_BANK', 'KIOSK')
    GROUP BY 1, 2, 3, 4
"""

_REQUESTS = """
    SELECT '{measure}' AS measure, bank.id AS bank_id, asked.province_id, asked.code AS detail,
        SUM(asked.count) AS count
    FROM ({requests}) asked
    LEFT JOIN partners_partner bank ON bank.id = asked.partner_id AND bank.kind = 'BANK'
    GROUP BY 1, 2, 3, 4
"""

COUNT_DAY = f"""
    WITH counted AS MATERIALIZED (
        {_JOURNAL} UNION ALL {_SESSIONS} UNION ALL {_OPENED}
        UNION ALL {_REQUESTS.format(measure="ASKED", requests=ASKED_TO_SIGN)}
        UNION ALL {_REQUESTS.format(measure="REFUSED", requests=REFUSED)}
    ), gone AS (
        DELETE FROM signing_dailyfigure figure
        WHERE figure.day = %(day)s AND NOT EXISTS (
            SELECT FROM counted
            WHERE counted.measure = figure.measure AND counted.detail = figure.detail
                AND COALESCE(counted.bank_id, 0) = COALESCE(figure.bank_id, 0)
                AND COALESCE(counted.province_id, 0) = COALESCE(figure.province_id, 0)
        )
    )
    INSERT INTO signing_dailyfigure AS figure (day, measure, bank_id, province_id, detail, count)
    SELECT %(day)s, measure, bank_id, province_id, detail, count FROM counted
    ON CONFLICT (day, measure, bank_id, province_id, detail) DO UPDATE SET count = EXCLUDED.count
    WHERE figure.count <> EXCLUDED.count
"""
