"""The table of roles says nothing it should not."""

from django.contrib import admin

from unipay.backoffice.roles import ADMINISTRATOR, BREAK_GLASS, BY_CODE, OVER_PEOPLE, ROLES, title_of

MONEY_DECISIONS = {
    "signing.decide_manualcase",
    "approvals.check_proposal",
    "messaging.change_outboundmessage",
}
READING = ("view_", "export_lists")


def test_each_role_has_a_code_and_a_title_of_its_own() -> None:
    assert len(BY_CODE) == len(ROLES) == len({str(role.title) for role in ROLES})


def test_the_auditor_only_reads() -> None:
    changing = {
        right for right in BY_CODE["auditor"].rights if not right.partition(".")[2].startswith(READING)
    }

    assert changing == set()


def test_the_auditor_reads_every_page() -> None:
    pages = {f"{model._meta.app_label}.view_{model._meta.model_name}" for model in admin.site._registry}

    assert pages - BY_CODE["auditor"].rights == set()


def test_the_administrator_decides_nothing_about_contracts_or_money() -> None:
    assert not BY_CODE[ADMINISTRATOR].rights & MONEY_DECISIONS


def test_power_over_people_is_the_administrators_and_of_who_may_break_the_glass() -> None:
    powerful = {role.code for role in ROLES if role.rights & OVER_PEOPLE}

    assert powerful == {ADMINISTRATOR, BREAK_GLASS}


def test_nobody_but_checkers_checks() -> None:
    checking = {role.code for role in ROLES if "approvals.check_proposal" in role.rights}

    assert checking == {"supervisor", "finance_checker"}


def test_a_group_somebody_made_keeps_the_name_it_was_given() -> None:
    assert title_of("night shift") == "night shift"
    assert str(title_of("auditor")) != "auditor"
