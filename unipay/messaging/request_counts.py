"""Counting what partners asked, from the indexes of the inbox, by partner and home province of the number.

Each is a SELECT of (partner_id, province_id, code, count) over requests received from %(begins)s until %(ends)s, to be
put into a larger statement. Numbers are taken together by segment first, so that few homes are looked up.
"""

_COUNT = """
    SELECT counted.partner_id, counted.code, SUM(counted.count) AS count, COALESCE(counted.ported_to, (
        SELECT segment.province_id FROM partners_numbersegment segment
        WHERE segment.prefix IN (counted.prefix, left(counted.prefix, 6), left(counted.prefix, 5),
            left(counted.prefix, 4), left(counted.prefix, 3))
        ORDER BY segment.prefix DESC LIMIT 1
    )) AS province_id
    FROM (
        SELECT request.partner_id, {code} AS code, left(request.msisdn, 7) AS prefix,
            (
                SELECT ported.province_id FROM partners_portednumber ported WHERE ported.msisdn = request.msisdn
            ) AS ported_to, COUNT(*) AS count
        FROM messaging_inboundrequest request
        WHERE request.received_at >= %(begins)s AND request.received_at < %(ends)s AND {condition}
        GROUP BY 1, 2, 3, 4
    ) counted
    GROUP BY 1, 2, 4
"""

ASKED_TO_SIGN = _COUNT.format(code="''", condition="request.operation = 'signings.create'")
REFUSED = _COUNT.format(code="COALESCE(request.answer->>'code', '')", condition="request.status >= 400")
