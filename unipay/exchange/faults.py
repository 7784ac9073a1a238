"""The catalogue of what can be wrong with a file: with one line of it, or with the file as a whole."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Text

LINE_FAULTS: dict[str, Text] = {
    "too_few_columns": _("The line has too few columns."),
    "too_many_columns": _("The line has too many columns."),
    "wrong_length": _("The line is not as long as the columns are wide."),
    "wrong_mark": _("The line does not begin with the mark of a line."),
    "empty_line": _("The line is empty."),
    "bad_encoding": _("The line holds bytes that are no letters in this encoding."),
    "bad_character": _("The line holds a character that may not stand in a file."),
    "bad_quotes": _("The line has a quotation mark that is not closed, or text behind a closed one."),
    "line_too_long": _("The line is too long."),
    "empty": _("Nothing stands here, but something must."),
    "too_long": _("The text is too long."),
    "not_a_number": _("This is not a whole number."),
    "bad_amount": _("This is not an amount: whole fen, or yuan with at most two decimals."),
    "bad_date": _("This is not a date in the format of the layout."),
    "bad_time": _("This is not a date and time in the format of the layout."),
    "bad_msisdn": _("This is not a mobile number of eleven digits."),
    "bad_account": _("This is not an account number."),
    "bad_mask": _("This is not an account as its mask shows it."),
    "bad_identity_no": _("This is not an identity number, or its check digit is wrong."),
    "bad_flag": _("This is neither yes nor no."),
    "unknown_code": _("The layout does not know this code."),
    "repeated_number": _("A mobile number stands here twice."),
    "unknown_order": _("We never sent a line of this number."),
    "unknown_item": _("No file of ours that waits for an answer has a line of this number."),
    "unknown_mandate": _("We have no such mandate of this bank."),
    "mandate_in_the_way": _("The agreement or number has another mandate that has not ended."),
    "mandate_without_home": _("Nobody knows the province of this agreement or number, or how it is debited."),
    "number_not_at_home": _("The number is not at home in this province."),
    "bill_incomplete": _("The bill does not say all it must, or its amount is nothing."),
    "bill_contradicts": _("The bill is known with other content; amend it instead."),
    "bill_not_found": _("We have no such bill of this province."),
    "bill_cancelled": _("The bill was cancelled."),
    "bill_not_due": _("The bill is settled."),
    "bill_partly_settled": _("Some of the bill is settled."),
    "bill_below_settled": _("More of the bill is settled than it would come to."),
    "bill_in_flight": _("A bank is being asked to pay the bill."),
    "contradictory_answers": _("The file answers this line in two ways."),
    "duplicate_key": _("Another line of the file has the same key; nobody can tell which is true."),
}

FILE_FAULTS: dict[str, Text] = {
    "empty_file": _("The file is empty."),
    "no_header": _("The file does not begin with its header."),
    "no_trailer": _("The file does not end with its trailer; it was probably cut short."),
    "bad_header": _("The header can't be read."),
    "bad_trailer": _("The trailer can't be read."),
    "wrong_partner": _("The header names another partner."),
    "wrong_date": _("The header names another business date."),
    "wrong_row_count": _("The trailer counts other lines than the file has."),
    "wrong_total": _("The trailer's total is not the sum of the lines."),
    "too_many_lines": _("The file has more lines than its layout allows."),
    "too_large": _("The file is too large when unpacked."),
    "bad_archive": _("The file can't be unpacked."),
    "undecryptable": _("The file can't be decrypted."),
    "altered": _("The file was altered after it was stored."),
    "bad_layout": _("The layout can't be used."),
}


def title(code: str) -> Text:
    """Return what a fault of a line or file means, in words; an unknown code stays as it is."""
    return LINE_FAULTS.get(code) or FILE_FAULTS.get(code) or code


class ReadingRefused(Exception):
    """The file as a whole can't be accepted: `code` from FILE_FAULTS, `text` for a finance clerk."""

    def __init__(self, code: str, text: Text = "") -> None:
        super().__init__(code, text)
        self.code = code
        self.text: Text = text or title(code)


class Undecryptable(ReadingRefused):
    """Nobody could look into the file: it belongs in quarantine."""

    def __init__(self, text: Text = "") -> None:
        super().__init__("undecryptable", text)


class OutOfRoom(Exception):
    """Memory or disk ran out: nothing is wrong with the file, it is read again later."""
