"""Where many numbers are at home, asked inside one statement; for one number see `queries.home_province`."""


def home_province_of(msisdn: str) -> str:
    """Return the SQL expression for the province's id of a mobile number, NULL where no segment covers it.

    `msisdn`: an SQL expression ("line.msisdn"), never a value. As `queries.home_province`: where the number was
    ported, else its longest segment. Two look-ups in an index for each row.
    """
    prefixes = ", ".join(f"left({msisdn}, {length})" for length in range(7, 2, -1))
    return f"""COALESCE(
        (SELECT ported.province_id FROM partners_portednumber ported WHERE ported.msisdn = {msisdn}),
        (SELECT segment.province_id FROM partners_numbersegment segment WHERE segment.prefix IN ({prefixes})
            ORDER BY segment.prefix COLLATE "C" DESC LIMIT 1)
    )"""
