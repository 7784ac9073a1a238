"""When a file is due, as people say it: "every working day at 09:00, for the day before"."""

from django.utils.translation import gettext as _

from unipay.exchange.models import FileExpectation, Rhythm

_LAST = -1


def in_words(expectation: FileExpectation) -> str:
    """Return the sentence."""
    time = f"{expectation.due_time:%H:%M}"
    return f"{_which(expectation)} {_until(expectation, time)}".strip()


def _which(expectation: FileExpectation) -> str:
    if expectation.rhythm == Rhythm.DAILY:
        return _("A file for every day,")
    if expectation.rhythm == Rhythm.WORKING_DAYS:
        return _("A file for every working day,")
    if expectation.day_of_month == _LAST:
        return _("A file for the last day of every month,")
    return _("A file for day %(day)d of every month,") % {"day": expectation.day_of_month or 0}


def _until(expectation: FileExpectation, time: str) -> str:
    words = {"time": time, "days": expectation.due_days}
    if expectation.due_days == 0:
        later = (
            _("due the same day by %(time)s."),
            _("due the same day by %(time)s, on a holiday the working day after."),
        )
    elif expectation.due_days == 1:
        later = _("due the next day by %(time)s."), _("due the next working day by %(time)s.")
    else:
        later = _("due %(days)d days later by %(time)s."), _("due %(days)d working days later by %(time)s.")
    return later[expectation.skips_holidays] % words
