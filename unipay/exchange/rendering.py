"""How one column is written: SQL that turns a value into the text a partner reads, or fails where it can not be."""

from unipay.exchange.columns import BUSINESS_OFFSET, DATE_FORMAT, DATETIME_FORMAT, literal
from unipay.exchange.kinds import FieldType, FileField
from unipay.exchange.layout_plan import LayoutPlan
from unipay.exchange.models import Align, AmountUnit, Encoding, LayoutColumn, LineEnding, Section

UNWRITABLE = "unwritable"
"""What the message of a failing line begins with; behind it the column and the reason, between colons."""

_BUSINESS_ZONE = "INTERVAL 8 HOUR"  # of Asia/Shanghai, all year


def line(plan: LayoutPlan, section: Section) -> str:
    """Return one line of a section, without its end, from columns named like the fields."""
    mark = plan.mark(section)
    parts = [literal(mark)] if mark else []
    parts += [_placed(plan, column) for column in plan.columns(section)]
    between = " || " if plan.is_fixed else f" || {literal(plan.delimiter)} || "
    end = " || chr(13)" if plan.layout.line_ending == LineEnding.CRLF else ""
    return (between.join(parts) or "''") + end


def text(field: FileField, column: LayoutColumn, name: str) -> str:
    """Return the value as the layout writes it, '' for none."""
    if field.type == FieldType.FEN and column.unit == AmountUnit.YUAN:
        written = f"(({name} // 100)::VARCHAR || '.' || lpad(({name} % 100)::VARCHAR, 2, '0'))"
    elif field.type == FieldType.DATE:
        written = f"strftime({name}, {literal(column.date_format or DATE_FORMAT)})"
    elif field.type == FieldType.DATETIME:
        pattern = (column.date_format or DATETIME_FORMAT).replace("%z", BUSINESS_OFFSET)
        written = f"strftime(CAST({name} AS TIMESTAMP) + {_BUSINESS_ZONE}, {literal(pattern)})"
    elif field.type == FieldType.MSISDNS:
        written = f"replace({name}, ',', {literal(column.list_separator)})"
    elif field.type in (FieldType.CODE, FieldType.FLAG):
        written = _coded(field, column, name)
    elif field.type in (FieldType.FEN, FieldType.INTEGER):
        written = f"{name}::VARCHAR"
    else:
        written = f"trim({name}, ' \t\u3000')"
    return f"coalesce({written}, '')"


def _coded(field: FileField, column: LayoutColumn, name: str) -> str:
    words = (
        {"Y": "Y", "N": "N"}
        if field.type == FieldType.FLAG
        else {word: word for word, _title in field.choices}
    )
    codes: dict[str, str] = {}
    for code, word in (column.code_map or words).items():
        codes.setdefault(_word(field, word), code)
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(code)}" for word, code in codes.items())
    otherwise = _failure(column, "unknown_code")
    meant = f"CASE WHEN {name} THEN 'Y' ELSE 'N' END" if field.type == FieldType.FLAG else name
    return (
        f"CASE WHEN {name} IS NULL THEN '' ELSE CASE {meant} {cases} ELSE {otherwise} END END"
        if cases
        else "''"
    )


def _word(field: FileField, word: object) -> str:
    if field.type != FieldType.FLAG:
        return str(word)
    return "Y" if str(word).lower() in ("y", "1", "true") else "N"


def _placed(plan: LayoutPlan, column: LayoutColumn) -> str:
    if not column.field:
        given = literal(column.constant)
    else:
        field = plan.field_of(column)
        given = text(field, column, column.field)
        if field.required and field.type != FieldType.MSISDNS:
            given = f"coalesce(nullif({given}, ''), {_failure(column, 'empty')})"
    return _padded(plan, column, given) if plan.is_fixed else _delimited(plan, column, given)


def _delimited(plan: LayoutPlan, column: LayoutColumn, given: str) -> str:
    if not column.field or not _is_free(plan.field_of(column)):
        return given
    quote = plan.layout.quote
    broken = _is_broken(given)
    awkward = f"contains({given}, {literal(plan.delimiter)})"
    if not quote:
        return f"CASE WHEN {awkward} OR {broken} THEN {_failure(column, 'bad_character')} ELSE {given} END"
    doubled = (
        f"{literal(quote)} || replace({given}, {literal(quote)}, {literal(quote * 2)}) || {literal(quote)}"
    )
    return (
        f"CASE WHEN {broken} THEN {_failure(column, 'bad_character')}"
        f" WHEN {awkward} OR contains({given}, {literal(quote)}) THEN {doubled} ELSE {given} END"
    )


def _is_broken(given: str) -> str:
    """Tell whether a text holds what ends lines, or parts columns nowhere but inside of us."""
    return " OR ".join(f"contains({given}, chr({code}))" for code in (10, 13, 31))


def _is_free(field: FileField) -> bool:
    """Tell whether the text could hold anything: numbers, dates and codes can't."""
    return field.type in (FieldType.TEXT, FieldType.NAME, FieldType.MASK)


def _padded(plan: LayoutPlan, column: LayoutColumn, given: str) -> str:
    length = f"strlen({given})"
    if plan.layout.encoding == Encoding.GBK:
        length = f"CASE WHEN strlen({given}) = length({given}) THEN strlen({given}) ELSE encoded_length({given}) END"
    padding = f"repeat({literal(column.pad)}, {column.width} - ({length}))"
    whole = f"{given} || {padding}" if column.align == Align.LEFT else f"{padding} || {given}"
    broken = _is_broken(given)
    return (
        f"CASE WHEN ({length}) > {column.width} THEN {_failure(column, 'too_long')}"
        f" WHEN {broken} THEN {_failure(column, 'bad_character')} ELSE {whole} END"
    )


def _failure(column: LayoutColumn, code: str) -> str:
    return f"error({literal(f'{UNWRITABLE}:{column.field}:{code}:')})"
