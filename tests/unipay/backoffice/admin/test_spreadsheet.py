import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.conftest import Login
from tests.factories import make_province
from unipay.partners.models import NumberSegment

SEGMENTS = "/admin/partners/numbersegment/"
LISTS = [SEGMENTS, "/admin/partners/portednumber/", "/admin/partners/resultcode/"]
FORMULA = "=HYPERLINK(A1)"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def upload(client: Client, text: str, *, format: str = "0") -> object:
    """Upload a file of segments and return the preview."""
    file = SimpleUploadedFile("segments.csv", text.encode(), content_type="text/csv")
    return client.post(f"{SEGMENTS}import/", {"import_file": file, "format": format})


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("page", ["import/", "export/", "process_import/"])
def test_who_has_no_right_to_a_table_neither_reads_it_in_nor_takes_it_out(
    clerk: Login, address: str, page: str
) -> None:
    answer = clerk().post(f"{address}{page}", {"format": "0", "resource": "0"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("rights", "imports", "exports"),
    [
        (["view"], 403, 200),
        (["view", "change"], 403, 200),
        (["view", "add"], 403, 200),
        (["view", "add", "change"], 200, 200),
    ],
)
def test_a_file_asks_for_the_rights_its_lines_would_ask_for(
    clerk: Login, rights: list[str], imports: int, exports: int
) -> None:
    client = clerk(*(f"partners.{right}_numbersegment" for right in rights))

    assert client.get(f"{SEGMENTS}import/").status_code == imports
    assert client.get(f"{SEGMENTS}export/").status_code == exports


@pytest.mark.parametrize(
    ("city", "written"),
    [
        (FORMULA, f"'{FORMULA}"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-1-A1", "'-1-A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("-42", "-42"),
        ("'quoted'", "'quoted'"),
        ("杭州", "杭州"),
    ],
)
def test_a_formula_is_taken_out_as_text_and_read_in_as_it_was(
    administrator: Client, city: str, written: str
) -> None:
    province = make_province("ZJ", key_id="")
    NumberSegment.objects.all().delete()
    NumberSegment.objects.create(prefix="1380571", province=province, city=city)

    file = administrator.post(f"{SEGMENTS}export/", {"format": "0", "resource": "0"}).content.decode()
    NumberSegment.objects.update(city="")
    preview = upload(administrator, file)
    administrator.post(f"{SEGMENTS}process_import/", preview.context["confirm_form"].initial)  # type: ignore[attr-defined]

    assert file.splitlines()[1] == f"1380571,ZJ,{written}"
    assert NumberSegment.objects.get().city == city


def test_only_plain_tables_are_read(administrator: Client) -> None:
    page = administrator.get(f"{SEGMENTS}import/")

    assert [name for number, name in page.context["form"].fields["format"].choices if number] == [
        "csv",
        "tsv",
    ]
