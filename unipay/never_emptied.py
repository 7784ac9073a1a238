"""A table that is never emptied at once: TRUNCATE passes every trigger that protects its rows one by one.

Tests, which empty the database behind them, say so to their own sessions with the setting; nothing else does.
"""

import pgtrigger

MAY_EMPTY = "unipay.may_empty_tables"
"""The setting of a database session that allows it."""

_REFUSE = f"""
    IF current_setting('{MAY_EMPTY}', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def never_emptied() -> pgtrigger.Trigger:
    """Return the trigger for a model's `triggers`."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=_REFUSE,
    )
