"""A layout is described, tried, published and copied by staff alone; what was published never changes."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from tests.conftest import Login
from tests.factories import make_province
from tests.unipay.backoffice.world import member
from tests.unipay.exchange.factories import FULL, INCREMENT, make_layout, the_bank
from unipay.exchange.admin.fields import layout_title
from unipay.exchange.models import FileLayout, LayoutColumn

LIST = "/admin/exchange/filelayout/"
NEW = {
    "title": "a bank nobody has seen",
    "kind": INCREMENT,
    "effective_from": "2026-12-01",
    "encoding": "GBK",
    "shape": "FIXED",
    "has_trailer": "on",
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def page_of(layout: FileLayout, verb: str = "change") -> str:
    return f"{LIST}{layout.pk}/{verb}/"


def form_of(
    layout: FileLayout, columns: list[dict[str, Any]], *, initial: int | None = None
) -> dict[str, Any]:
    """The page's form, with these columns of a line."""
    known = len(columns) if initial is None else initial
    form: dict[str, Any] = {
        "title": layout.title,
        "effective_from": f"{layout.effective_from}",
        "encoding": "UTF-8",
        "shape": layout.shape,
        "delimiter": "|",
        "on_fault": "ASK",
        "max_rows": "100",
        "line_ending": "LF",
        "compression": "NONE",
        "cipher": "NONE",
        "columns-TOTAL_FORMS": len(columns),
        "columns-INITIAL_FORMS": known,
    }
    usual = {"writing_unit": "FEN", "writing_list_separator": ",", "align": "LEFT", "pad": " "}
    for number, column in enumerate(columns):
        for name, value in {**usual, "layout": layout.pk, **column}.items():
            form[f"columns-{number}-{name}"] = value
    return form


def test_a_new_draft_has_a_column_for_each_field_of_its_kind(administrator: Client) -> None:
    bank = the_bank()

    answer = administrator.post(f"{LIST}add/", {**NEW, "partner": bank.pk})

    layout = FileLayout.objects.get(partner=bank)
    assert answer.headers["Location"] == page_of(layout)
    assert (layout.code, layout.version, layout.state) == ("icbc_bank_contract_increment", 1, "DRAFT")
    names = list(layout.columns.filter(section="DETAIL").values_list("field", flat=True))
    assert names[:3] == ["change", "bank_contract_no", "msisdn"]
    assert list(layout.columns.filter(section="TRAILER").values_list("field", flat=True)) == ["row_count"]
    assert not layout.columns.filter(section="HEADER").exists()


def test_columns_change_places_and_fields(administrator: Client) -> None:
    layout = make_layout(INCREMENT, state="DRAFT")
    first, second = layout.columns.order_by("position")
    columns: list[dict[str, Any]] = [
        {"id": first.pk, "field": "msisdn", "position": "1"},
        {"id": second.pk, "field": "bank_contract_no", "position": "0"},
    ]

    administrator.post(page_of(layout), form_of(layout, columns))

    kept = layout.columns.order_by("position").values_list("position", "field")
    assert list(kept) == [(1, "bank_contract_no"), (2, "msisdn")]


def test_a_column_is_added_with_its_codes_and_another_removed(administrator: Client) -> None:
    layout = make_layout(INCREMENT, state="DRAFT")
    first, second = layout.columns.order_by("position")
    columns: list[dict[str, Any]] = [
        {"id": first.pk, "field": "bank_contract_no", "position": "0"},
        {"id": second.pk, "field": "msisdn", "position": "1", "DELETE": "on"},
        {"id": "", "field": "change", "position": "", "writing_code_map": "01 = SIGNED\n09=terminated"},
    ]

    administrator.post(page_of(layout), form_of(layout, columns, initial=2))

    kept = list(layout.columns.order_by("position"))
    assert [column.field for column in kept] == ["bank_contract_no", "change"]
    assert kept[1].code_map == {"01": "SIGNED", "09": "TERMINATED"}
    shown = administrator.get(page_of(layout)).content.decode()
    assert "01 = SIGNED\n09 = TERMINATED" in shown


def test_a_field_in_two_columns_and_a_word_nobody_knows_are_errors(administrator: Client) -> None:
    layout = make_layout(INCREMENT, state="DRAFT")
    first, second = layout.columns.order_by("position")
    columns: list[dict[str, Any]] = [
        {"id": first.pk, "field": "msisdn", "position": "0"},
        {"id": second.pk, "field": "msisdn", "position": "1"},
        {"id": "", "field": "change", "writing_code_map": "01 = BOUGHT"},
    ]

    page = administrator.post(page_of(layout), form_of(layout, columns, initial=2)).content.decode()

    assert "Another column has this field." in page
    assert "BOUGHT is not a word of this field." in page
    assert list(layout.columns.values_list("field", flat=True)) == ["bank_contract_no", "msisdn"]


def test_what_is_published_never_changes(administrator: Client) -> None:
    layout = make_layout(INCREMENT, partner=the_bank())

    shown = administrator.get(page_of(layout))
    answer = administrator.post(page_of(layout), form_of(layout, []))

    assert answer.status_code == 403
    assert 'name="title"' not in shown.content.decode()
    assert "Mobile number" in shown.content.decode()
    assert administrator.post(page_of(layout, "delete"), {"post": "yes"}).status_code == 403


def test_publishing_says_everything_that_is_wrong_at_once(administrator: Client) -> None:
    layout = make_layout(INCREMENT, state="DRAFT", shape="FIXED", partner=the_bank())

    asked = administrator.get(page_of(layout, "publish")).content.decode()
    administrator.post(page_of(layout, "publish"), {"confirmed": "yes"})

    assert "will be refused" in asked
    assert "Line, column 1 (Bank&#x27;s contract number)" in asked
    assert "Line, column 2 (Mobile number)" in asked
    assert FileLayout.objects.get(pk=layout.pk).state == "DRAFT"


def test_publishing_says_what_it_takes_the_place_of(administrator: Client) -> None:
    bank = the_bank()
    make_layout(FULL, partner=bank, title="the old one", effective_from=date(2026, 1, 1))
    layout = make_layout(FULL, state="DRAFT", partner=bank, effective_from=date(2026, 12, 1))

    asked = administrator.get(page_of(layout, "publish")).content.decode()
    administrator.post(page_of(layout, "publish"), {"confirmed": "yes"})

    assert "the old one" in asked
    assert "goes on for business dates up to 2026-11-30" in asked
    assert FileLayout.objects.get(pk=layout.pk).state == "PUBLISHED"


def test_two_layouts_are_not_in_force_from_one_day_on(administrator: Client) -> None:
    bank = the_bank()
    make_layout(FULL, partner=bank, effective_from=date(2026, 12, 1))
    layout = make_layout(FULL, state="DRAFT", partner=bank, effective_from=date(2026, 12, 1))

    administrator.post(page_of(layout, "publish"), {"confirmed": "yes"})

    assert FileLayout.objects.get(pk=layout.pk).state == "DRAFT"


def test_a_retired_layout_leaves_its_files_to_the_neutral_one(administrator: Client) -> None:
    layout = make_layout(FULL, partner=the_bank(), effective_from=date(2026, 12, 1))

    asked = administrator.get(page_of(layout, "retire")).content.decode()
    administrator.post(page_of(layout, "retire"), {"confirmed": "yes"})

    assert "neutral_bank_contract_full v1" in asked
    assert FileLayout.objects.get(pk=layout.pk).state == "RETIRED"


@pytest.mark.parametrize(("code", "expected"), [("ICBC", ("x", 2)), ("CCB", ("ccb_bank_contract_full", 1))])
def test_a_copy_is_the_next_version_or_anothers_first(
    administrator: Client, code: str, expected: tuple[str, int]
) -> None:
    layout = make_layout(FULL, partner=the_bank("ICBC"), code="x")
    partner = the_bank(code)

    administrator.post(page_of(layout, "copy"), {"partner": partner.pk, "effective_from": "2026-12-01"})

    draft = FileLayout.objects.get(state="DRAFT")
    assert (draft.code, draft.version) == expected
    assert draft.partner == partner
    columns = LayoutColumn.objects.filter(layout=draft).order_by("position")
    assert list(columns.values_list("field", flat=True)) == ["bank_contract_no", "msisdn"]


def test_a_sample_is_read_shown_masked_and_forgotten(administrator: Client) -> None:
    layout = make_layout(FULL, state="DRAFT", partner=the_bank())
    sample = SimpleUploadedFile("sample.txt", b"B1|13805710001\nB2|1380571\nB3|13805710003\n")

    page = administrator.post(page_of(layout, "try"), {"sample": sample})

    shown = page.context["shown"]
    assert (shown.read.line_count, shown.read.accepted, shown.read.faulty) == (3, 2, 1)
    assert shown.titles == ["Bank's contract number", "Mobile number"]
    html = page.content.decode()
    assert "138 **** 0001" in html
    assert "13805710001" not in html
    assert "This is not a mobile number of eleven digits." in html
    assert "The good lines, written again by this layout, read the same." in html


def test_a_sample_shows_what_is_wrong_with_the_layout_itself(administrator: Client) -> None:
    layout = make_layout(FULL, state="DRAFT", shape="FIXED")
    sample = SimpleUploadedFile("sample.txt", b"B1|13805710001\n")

    page = administrator.post(page_of(layout, "try"), {"sample": sample}).content.decode()

    assert "The layout is not complete, or contradicts itself." in page
    assert "Line, column 2 (Mobile number)" in page


def test_a_sample_that_is_too_large_is_not_read(administrator: Client) -> None:
    layout = make_layout(FULL, state="DRAFT")
    sample = SimpleUploadedFile("sample.txt", b"x" * (2 * 1024 * 1024 + 1))

    page = administrator.post(page_of(layout, "try"), {"sample": sample})

    assert page.context["shown"] is None


def test_a_sample_needs_the_token_of_its_form(clerk: Login) -> None:
    layout = make_layout(FULL, state="DRAFT")
    browser = clerk("exchange.view_filelayout")
    browser.handler.enforce_csrf_checks = True
    sample = SimpleUploadedFile("sample.txt", b"B1|13805710001\n")

    answer = browser.post(page_of(layout, "try"), {"sample": sample})

    assert answer.status_code == 403


def test_a_posted_clerk_changes_the_own_provinces_layouts_only(db: None) -> None:
    zhejiang, guangdong = make_province("ZJ"), make_province("GD", prefix="1390200")
    own = make_layout("province_contract_full", state="DRAFT", partner=zhejiang)
    neutral = make_layout("province_contract_full", state="DRAFT")
    other = make_layout("province_contract_full", state="DRAFT", partner=guangdong)
    browser = member("zhejiang", "finance", province=zhejiang)

    opened = [browser.get(page_of(layout, "publish")).status_code for layout in (own, neutral, other)]

    assert opened == [200, 403, 403]
    assert browser.get(page_of(neutral)).status_code == 200
    assert browser.get(page_of(other)).status_code == 302


def test_our_own_layouts_are_called_in_the_readers_language() -> None:
    ours = make_layout(FULL, title="Bank's monthly contract list")
    theirs = make_layout(FULL, partner=the_bank(), title="ICBC, as of 2026")

    with translation.override("en"):
        assert layout_title(ours) == "Bank's monthly contract list"
    with translation.override("zh-hans"):
        assert layout_title(ours) == "银行签约月全量"
        assert layout_title(theirs) == "ICBC, as of 2026"
