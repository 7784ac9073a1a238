"""A clerk with a bank file nobody has seen describes it, tries it, publishes, uploads, and sees what is wrong."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Phone
from tests.browser.office import hire, seat
from tests.factories import make_partner
from unipay import clock
from unipay.exchange.flows import check
from unipay.exchange.models import FileLayout, ReceivedFile

WIDTHS = {"bank_contract_no": 10, "msisdn": 11, "holder_name": 20, "auto_pay": 2}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def line(contract_no: str, msisdn: str, holder: str, auto_pay: str) -> bytes:
    """A line as the bank writes it: fixed widths in bytes of GBK."""
    values = zip((contract_no, msisdn, holder, auto_pay), WIDTHS.values(), strict=True)
    return b"".join(value.encode("gbk").ljust(width) for value, width in values) + b"\r\n"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Three good lines, and two that are wrong."""
    path = tmp_path / "XB_20261121.dat"
    good = [line(f"XB{number:04d}", f"1380571000{number}", "欧阳修", "Y1") for number in range(1, 4)]
    path.write_bytes(
        b"".join(
            [*good, line("XB0004", "1380571", "苏轼", "N0"), line("XB0005", "13805710005", "王安石", "??")]
        )
    )
    return path


def describe(page: Page) -> None:
    """Keep the columns the file has, with their widths; say what the bank's codes mean."""
    for row in page.locator("#columns-group tbody.form-group:not(.empty-form)").all():
        name = row.locator("select[name$='-field']").input_value()
        if name in WIDTHS:
            row.locator("input[name$='-width']").fill(str(WIDTHS[name]))
        else:
            row.locator("input[name$='-DELETE']").evaluate("box => { box.checked = true }")
        if name == "auto_pay":
            row.locator("textarea[name$='-writing_code_map']").fill("Y1 = TRUE\nN0 = FALSE")
    page.select_option("[name=on_fault]", "ASK")
    with page.expect_navigation():
        page.click("[name=_continue]")


def test_a_clerk_brings_a_file_nobody_has_seen(phone: Phone, sample: Path) -> None:
    bank = make_partner("XB", name="兴隆银行", key_id="")
    desk = seat(hire("wangfang", "finance"), phone.context)
    page = desk.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.on("console", phone._hear)

    desk.open("exchange/filelayout/add/")
    page.fill("[name=title]", "XB monthly")
    page.select_option("[name=kind]", "bank_contract_full")
    page.select_option("[name=partner]", str(bank.pk))
    page.select_option("[name=encoding]", "GBK")
    page.select_option("[name=shape]", "FIXED")
    for name in ("has_header", "has_trailer"):
        page.locator(f"[name={name}]").evaluate("box => { box.checked = false }")
    page.fill("[name=effective_from]", "2026-11-01")
    page.click("[name=_save]")
    page.wait_for_url("**/change/")
    describe(page)
    layout = FileLayout.objects.get(partner=bank)
    assert list(layout.columns.values_list("field", flat=True)) == list(WIDTHS)

    desk.open(f"exchange/filelayout/{layout.pk}/try/")
    page.set_input_files("[name=sample]", sample)
    page.click(".exchange-upload [type=submit]")
    page.locator("#faults").wait_for()
    assert page.locator(".overview-funnel:not(.overview-ranking) strong").all_inner_texts() == ["5", "3"]
    assert "欧" in page.locator(".exchange-table").first.inner_text()
    assert "13805710001" not in page.content()

    desk.open(f"exchange/filelayout/{layout.pk}/publish/")
    page.click("[name=confirmed]")
    page.wait_for_url("**/change/")
    assert FileLayout.objects.get(pk=layout.pk).state == "PUBLISHED"

    desk.open("exchange/receivedfile/upload/")
    page.select_option("[name=partner]", str(bank.pk))
    page.select_option("[name=kind]", "bank_contract_full")
    page.set_input_files("[name=file]", sample)
    assert page.input_value("[name=business_date]") == ""
    page.fill("[name=business_date]", "2026-11-21")
    page.click("#upload [type=submit]")
    page.wait_for_url("**/receivedfile/*/change/")
    file = ReceivedFile.objects.get(partner=bank)
    assert (file.state, file.size) == ("RECEIVED", sample.stat().st_size)

    check.check(file.pk, now=clock.now)
    page.locator("#faults").wait_for()  # the page follows by itself
    cells = page.locator("#faults td").all_inner_texts()
    assert cells[0] == "4"
    assert cells[4] == "5"
    page.click(".exchange-decide .exchange-primary")
    page.fill("[name=remark]", "The bank will send the two lines again.")
    page.click("[name=confirmed]")
    page.wait_for_url("**/change/")

    accepted = ReceivedFile.objects.get(pk=file.pk)
    assert (accepted.state, accepted.accepted_count, accepted.faulty_count) == ("ACCEPTED", 3, 2)
    assert [each for each in phone.complaints if "404" not in each] == []


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_hangs_over_the_edge_of_the_pages_of_files(phone: Phone, width: int) -> None:
    make_partner("XB", key_id="")
    desk = seat(hire("wangfang", "finance"), phone.context)
    desk.page.set_viewport_size({"width": width, "height": 900})

    for address in ("receivedfile/upload/", "expectedfile/month/", "filelayout/add/"):
        desk.open(f"exchange/{address}")

        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
