from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from prometheus_client import REGISTRY

from tests.conftest import Login
from tests.factories import make_partner
from unipay.partners import mapped_codes
from unipay.partners.models import Partner, ResultCode
from unipay.partners.queries import meaning
from unipay.partners.reference import load_result_codes

LIST = "/admin/partners/resultcode/"
UNMAPPED = f"{LIST}unmapped/"
HEAD = "kind,partner,direction,operation,code,reason_code,finality,remark\n"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def dry_run(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("codes.csv", (HEAD + text).encode(), content_type="text/csv")
    return client.post(f"{LIST}import/", {"import_file": file, "format": "0"})


def try_code(client: Client, partner: Partner, code: str, operation: str = "") -> str:
    asked: dict[str, Any] = {
        "partner": partner.pk,
        "direction": "ANSWER",
        "operation": operation,
        "code": code,
    }
    return client.get(f"{LIST}try/", asked).content.decode()


def test_a_file_of_codes_is_shown_first_and_then_carried_out(administrator: Client) -> None:
    make_partner("ICBC", key_id="")
    ResultCode.objects.create(kind="BANK", code="0000", finality="UNKNOWN")

    preview = dry_run(
        administrator, "BANK,,ANSWER,,0000,,SUCCESS,\nBANK,ICBC,ANSWER,,E1,contract_unknown,UNKNOWN,\n"
    )
    assert ResultCode.objects.get().finality == "UNKNOWN"

    administrator.post(f"{LIST}process_import/", preview.context["confirm_form"].initial)
    assert list(ResultCode.objects.order_by("code").values_list("partner__code", "code", "finality")) == [
        (None, "0000", "SUCCESS"),
        ("ICBC", "E1", "UNKNOWN"),
    ]


@pytest.mark.parametrize(
    "line", ["BANK,,ANSWER,,0000,,MAYBE,", "BANK,XX,ANSWER,,0000,,SUCCESS,", "SHOP,,ANSWER,,0000,,SUCCESS,"]
)
def test_a_faulty_line_refuses_the_file(administrator: Client, line: str) -> None:
    preview = dry_run(administrator, f"BANK,,ANSWER,,E1,,UNKNOWN,\n{line}\n")

    assert "confirm_form" not in preview.context
    assert not ResultCode.objects.exists()


def test_a_code_is_tried_before_it_happens(administrator: Client) -> None:
    load_result_codes()
    bank = make_partner("ICBC", key_id="")

    assert "final failure" in try_code(administrator, bank, "4002")
    assert "success" in try_code(administrator, bank, "4002", "contract_cancelled")


def test_trying_an_unmapped_code_says_so_and_raises_no_alarm(administrator: Client) -> None:
    bank = make_partner("TRIED", key_id="")
    labels = {"partner": "TRIED", "direction": "ANSWER", "operation": ""}

    page = try_code(administrator, bank, "E9")

    assert "Nobody has given this code a meaning" in page
    assert REGISTRY.get_sample_value("unipay_unmapped_result_codes_total", labels) is None


def test_a_code_of_one_partner_is_of_its_kind(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    form = {"kind": "HALL", "partner": bank.pk, "direction": "ANSWER", "code": "1", "finality": "SUCCESS"}

    page = administrator.post(f"{LIST}add/", form)

    assert "The partner is of another kind." in page.content.decode()
    assert not ResultCode.objects.exists()


def test_a_code_somebody_has_to_map_leads_to_the_form_filled_in(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    meaning(bank, "ANSWER", "query_signing", "E9")

    row = administrator.get(UNMAPPED).context["rows"][0]
    initial = administrator.get(row[2]).context["adminform"].form.initial

    assert row[1] == "signing query"
    assert initial == {
        "kind": "BANK",
        "partner": str(bank.pk),
        "direction": "ANSWER",
        "operation": "query_signing",
        "code": "E9",
    }


def test_a_mapped_code_leaves_the_page(administrator: Client) -> None:
    bank = make_partner("ICBC", key_id="")
    meaning(bank, "ANSWER", "query_signing", "E9")
    given = {"kind": "BANK", "partner": bank.pk, "direction": "ANSWER", "code": "E9", "finality": "SUCCESS"}

    administrator.post(f"{LIST}add/", given)

    assert "Every code partners have said has a meaning." in administrator.get(UNMAPPED).content.decode()


def test_who_may_only_look_is_not_led_to_the_form(clerk: Login) -> None:
    meaning(make_partner("ICBC", key_id=""), "ANSWER", "", "E9")

    page = clerk("partners.view_resultcode").get(UNMAPPED).content.decode()

    assert "E9" in page
    assert "Map it" not in page


def test_a_code_that_was_tried_is_not_one_that_was_seen(administrator: Client) -> None:
    try_code(administrator, make_partner("ICBC", key_id=""), "E9")

    assert list(administrator.get(UNMAPPED).context["rows"]) == []


def debit_code(code: str = "ZZ9", reason: str = "account_frozen", **fields: str) -> dict[str, str]:
    """What somebody types who gives a code of debits its meaning."""
    form = {"kind": "BANK", "direction": "ANSWER", "operation": "debit", "finality": "FINAL_FAILURE"}
    return {**form, "code": code, "reason_code": reason, **fields}


def test_the_form_offers_reasons_below_their_operations(administrator: Client) -> None:
    page = administrator.get(f"{LIST}add/").content.decode()

    assert '<optgroup label="failed debits, from their rules">' in page
    assert "Not enough money in the account (insufficient_funds)" in page


def test_a_reason_nobody_knows_is_refused(administrator: Client) -> None:
    page = administrator.post(f"{LIST}add/", debit_code(reason="insuficient_funds")).content.decode()

    assert "insuficient_funds is not one of the available choices" in page
    assert not ResultCode.objects.exists()


def test_a_reason_of_another_operation_is_refused_with_those_that_fit(administrator: Client) -> None:
    page = administrator.post(f"{LIST}add/", debit_code(reason="number_not_normal")).content.decode()

    assert "number_not_normal is no reason for this operation (debit). There are: account_closed," in page
    assert not ResultCode.objects.exists()


def test_an_old_row_keeps_the_word_it_has(administrator: Client) -> None:
    row = ResultCode.objects.create(**debit_code(reason="old_word"))
    where = f"{LIST}{row.pk}/change/"

    page = administrator.get(where).content.decode()
    administrator.post(where, debit_code(reason="old_word", remark="as ever"))

    assert "old_word (nobody knows it)" in page
    assert ResultCode.objects.get().remark == "as ever"


def test_a_file_with_a_reason_nobody_knows_is_refused(administrator: Client) -> None:
    preview = dry_run(administrator, "BANK,,ANSWER,debit,E1,insuficient_funds,FINAL_FAILURE,\n")

    assert "confirm_form" not in preview.context
    assert not ResultCode.objects.exists()


def test_whoever_waits_for_a_code_hears_of_its_meaning(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(mapped_codes, "_registered", [lambda row: heard.append(row.code)])

    administrator.post(f"{LIST}add/", debit_code("ZZ9"))
    preview = dry_run(administrator, "BANK,,ANSWER,debit,ZZ8,account_frozen,FINAL_FAILURE,\n")
    administrator.post(f"{LIST}process_import/", preview.context["confirm_form"].initial)

    assert heard == ["ZZ9", "ZZ8"]
