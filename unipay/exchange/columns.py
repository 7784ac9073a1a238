"""How one column is read: SQL that turns a text into its value, says what is wrong with it, and shows it masked.

Everything here is an expression over a text without surrounding blanks, so that millions of lines are judged by
columns and one text by the same rules.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from unipay.exchange.kinds import FieldType, FileField
from unipay.exchange.models import AmountUnit, LayoutColumn

BUSINESS_OFFSET = "+08:00"
DATE_FORMAT = "%Y-%m-%d"
DATETIME_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
MARKS_OF_YES = ("Y", "1", "true")
MARKS_OF_NO = ("N", "0", "false")

SYSTEM_FIELDS = {
    each.name: each
    for each in (
        FileField("partner_code", "", FieldType.TEXT),
        FileField("business_date", "", FieldType.DATE),
        FileField("cut_off_at", "", FieldType.DATETIME),
        FileField("file_no", "", FieldType.TEXT),
        FileField("row_count", "", FieldType.INTEGER),
        FileField("total_fen", "", FieldType.FEN),
    )
}
"""What header and trailer may carry besides the kind's fields."""

_MSISDN = "1[3-9][0-9]{9}"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_LONGEST_NAME = 64
_SAMPLE = datetime(2026, 11, 22, 13, 14, 15, tzinfo=UTC)

Expression = Callable[[FileField, LayoutColumn, str], str]


def literal(text: str) -> str:
    """Write a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def trimmed(raw: str) -> str:
    """Return the text without the blanks around it."""
    blank = " OR ".join(
        f"{test}({raw}, {literal(each)})" for test in ("prefix", "suffix") for each in " \t\u3000"
    )
    return f"CASE WHEN {blank} THEN trim({raw}, ' \t\u3000') ELSE {raw} END"


def value(field: FileField, column: LayoutColumn, text: str) -> str:
    """Return the value of the text, or NULL when it is empty or faulty; MSISDNS are '' when there are none."""
    return _VALUES[field.type](field, column, text)


def fault(field: FileField, column: LayoutColumn, text: str) -> str:
    """Return the code of what is wrong with the text, or NULL."""
    empty = "'empty'" if field.required else "NULL"
    wrong = _repeated_or_bad(column, text) if field.type == FieldType.MSISDNS else _code(field, text)
    return f"CASE WHEN {text} = '' THEN {empty} WHEN ({value(field, column, text)}) IS NULL THEN {wrong} END"


def is_faulty(field: FileField, text: str, read: str) -> str:
    """Tell whether the text is faulty, given what was `read` from it."""
    if field.required and field.type != FieldType.MSISDNS:
        return f"{read} IS NULL"
    return f"({read} IS NULL AND {text} <> '')"


def excerpt(field: FileField, text: str) -> str:
    """Return the text as it may be shown, masked where it is personal, or where digits could be an account."""
    if field.type == FieldType.NAME:
        return f"left({text}, 1) || repeat('*', greatest(length({text}) - 1, 0))"
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return f"CASE WHEN regexp_full_match({text}, '20[0-9]{{6}}([0-9]{{6}})?') THEN {text} ELSE {_hidden(text)} END"
    if field.type in (FieldType.ACCOUNT, FieldType.IDENTITY_NO, FieldType.MSISDN, FieldType.MSISDNS):
        return f"left({text}, 3) || repeat('*', greatest(length({text}) - 3, 0))"
    return _hidden(text)


def _hidden(text: str) -> str:
    return f"regexp_replace({text}, '([0-9]{{3}})[0-9]{{5,}}[0-9Xx]{{2}}', '\\1*****', 'g')"


def _text(field: FileField, _column: LayoutColumn, text: str) -> str:
    fits = f"strlen({text}) <= {field.longest} OR length({text}) <= {field.longest}"
    return f"CASE WHEN {text} <> '' AND ({fits}) THEN {text} END"


def _matching(pattern: str) -> Expression:
    def expression(_field: FileField, _column: LayoutColumn, text: str) -> str:
        return f"CASE WHEN regexp_full_match({text}, {literal(pattern)}) THEN {text} END"

    return expression


def _msisdns(_field: FileField, column: LayoutColumn, text: str) -> str:
    numbers = _numbers(column, text)
    good = f"len(list_distinct({numbers})) = len({numbers}) AND {_all_msisdns(numbers)}"
    return f"CASE WHEN {text} = '' THEN '' WHEN {good} THEN array_to_string(list_sort({numbers}), ',') END"


def _numbers(column: LayoutColumn, text: str) -> str:
    return f"list_transform(string_split({text}, {literal(column.list_separator)}), lambda n: trim(n))"


def _all_msisdns(numbers: str) -> str:
    return f"len(list_filter({numbers}, lambda n: NOT regexp_full_match(n, '{_MSISDN}'))) = 0"


def _repeated_or_bad(column: LayoutColumn, text: str) -> str:
    return f"CASE WHEN {_all_msisdns(_numbers(column, text))} THEN 'repeated_number' ELSE 'bad_msisdn' END"


def _identity_no(_field: FileField, _column: LayoutColumn, text: str) -> str:
    # The sum comes first: only there DuckDB takes the digits out of the text once, not for each of them.
    digits = f"TRY_CAST(left({text}, 17) AS BIGINT)"
    total = " + ".join(
        f"{weight} * (({digits} // {10 ** (16 - place)}) % 10)" for place, weight in enumerate(_WEIGHTS)
    )
    check = f"'10X98765432'[({total}) % 11 + 1]"
    born = f"try_strptime({text}[7:14], '%Y%m%d')"
    return (
        f"CASE WHEN upper({text}[18]) = {check} AND regexp_full_match({text}, '[1-9][0-9]{{16}}[0-9Xx]')"
        f" AND {born} >= TIMESTAMP '1000-01-01' THEN upper({text}) END"
    )


def _fen(_field: FileField, column: LayoutColumn, text: str) -> str:
    if column.unit == AmountUnit.FEN:
        return f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,18}}') THEN CAST({text} AS BIGINT) END"
    plain = f"CAST(CAST({text} AS DECIMAL(18, 2)) * 100 AS BIGINT)"
    grouped = f"replace({text}, ',', '')"
    return (
        f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,15}}(\\.[0-9]{{1,2}})?') THEN {plain}"
        f" WHEN regexp_full_match({text}, '[0-9]{{1,3}}(,[0-9]{{3}}){{1,4}}(\\.[0-9]{{1,2}})?')"
        f" THEN CAST(CAST({grouped} AS DECIMAL(18, 2)) * 100 AS BIGINT) END"
    )


def _integer(_field: FileField, _column: LayoutColumn, text: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,18}}') THEN CAST({text} AS BIGINT) END"


def _date(_field: FileField, column: LayoutColumn, text: str) -> str:
    pattern = column.date_format or DATE_FORMAT
    parsed = f"CAST(try_strptime({text}, {literal(pattern)}) AS DATE)"
    return _in_our_time(parsed, text, pattern, first="DATE '1900-01-01'", last="DATE '2999-12-31'")


def _datetime(_field: FileField, column: LayoutColumn, text: str) -> str:
    pattern = column.date_format or DATETIME_FORMAT
    if "%z" in pattern:
        zoned = f"CASE WHEN suffix({text}, 'Z') THEN left({text}, -1) || '+00:00' ELSE {text} END"
        parsed = f"CAST(try_strptime({zoned}, {literal(pattern)}) AS TIMESTAMPTZ)"
    else:
        parsed = (
            f"CAST(try_strptime({text} || '{BUSINESS_OFFSET}', {literal(pattern + '%z')}) AS TIMESTAMPTZ)"
        )
    first, last = "TIMESTAMPTZ '1900-01-01 00:00:00+00'", "TIMESTAMPTZ '2999-12-31 00:00:00+00'"
    return _in_our_time(parsed, text, pattern, first=first, last=last)


def _in_our_time(parsed: str, text: str, pattern: str, *, first: str, last: str) -> str:
    length = len(_SAMPLE.strftime(pattern.replace("%z", "")))
    as_long = (
        f"strlen({text}) BETWEEN {length + 1} AND {length + 6}"
        if "%z" in pattern
        else f"strlen({text}) = {length}"
    )
    return f"CASE WHEN {parsed} BETWEEN {first} AND {last} AND {as_long} THEN {parsed} END"


def _flag(_field: FileField, column: LayoutColumn, text: str) -> str:
    words = {code: str(word).lower() in ("y", "1", "true") for code, word in column.code_map.items()}
    marks = words or {**dict.fromkeys(MARKS_OF_YES, True), **dict.fromkeys(MARKS_OF_NO, False)}
    return _chosen(
        text, {code: "TRUE" if meant else "FALSE" for code, meant in marks.items()}, "NULL::BOOLEAN"
    )


def _chosen_code(field: FileField, column: LayoutColumn, text: str) -> str:
    words = column.code_map or {word: word for word, _title in field.choices}
    return _chosen(text, {code: literal(str(word)) for code, word in words.items()}, "NULL::VARCHAR")


def _chosen(text: str, words: dict[str, str], otherwise: str) -> str:
    if not words:
        return otherwise
    cases = " ".join(f"WHEN {literal(code)} THEN {word}" for code, word in words.items())
    return f"CASE {text} {cases} ELSE {otherwise} END"


def _code(field: FileField, text: str) -> str:
    if field.type in (FieldType.TEXT, FieldType.NAME):
        return "'too_long'"
    return literal(_CODES[field.type])


_VALUES: dict[FieldType, Expression] = {
    FieldType.TEXT: _text,
    FieldType.NAME: _text,
    FieldType.MSISDN: _matching(_MSISDN),
    FieldType.MSISDNS: _msisdns,
    FieldType.ACCOUNT: _matching("[0-9]{6,32}"),
    FieldType.MASK: _matching("[0-9*]{4,32}"),
    FieldType.IDENTITY_NO: _identity_no,
    FieldType.FEN: _fen,
    FieldType.INTEGER: _integer,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.FLAG: _flag,
    FieldType.CODE: _chosen_code,
}

_CODES: dict[FieldType, str] = {
    FieldType.MSISDN: "bad_msisdn",
    FieldType.ACCOUNT: "bad_account",
    FieldType.MASK: "bad_mask",
    FieldType.IDENTITY_NO: "bad_identity_no",
    FieldType.FEN: "bad_amount",
    FieldType.INTEGER: "not_a_number",
    FieldType.DATE: "bad_date",
    FieldType.DATETIME: "bad_time",
    FieldType.FLAG: "bad_flag",
    FieldType.CODE: "unknown_code",
}
