import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import make_partner, make_province
from unipay.partners.models import NumberSegment, PortedNumber

SEGMENTS, PORTED = "/admin/partners/numbersegment/", "/admin/partners/portednumber/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def dry_run(client: Client, address: str, text: str) -> object:
    """Upload a CSV file and return the preview."""
    file = SimpleUploadedFile("numbers.csv", text.encode(), content_type="text/csv")
    return client.post(f"{address}import/", {"import_file": file, "format": "0"})


def confirm(client: Client, address: str, preview: object) -> None:
    """Carry out what the preview showed."""
    client.post(f"{address}process_import/", preview.context["confirm_form"].initial, follow=True)


def test_a_file_of_segments_is_shown_first_and_then_carried_out(administrator: Client) -> None:
    make_province("ZJ", prefix="1380571", key_id="")
    make_partner("SH", "PROVINCE", key_id="")

    preview = dry_run(administrator, SEGMENTS, "prefix,province,city\n1380571,SH,上海\n1390021,SH,上海\n")
    assert NumberSegment.objects.get().province.code == "ZJ"

    confirm(administrator, SEGMENTS, preview)
    assert list(NumberSegment.objects.order_by("prefix").values_list("prefix", "province__code", "city")) == [
        ("1380571", "SH", "上海"),
        ("1390021", "SH", "上海"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1380571,XX,", "there is no province XX"),
        ("1380571,ICBC,", "there is no province ICBC"),
        ("13,ZJ,", "The first 3 to 7 digits of mobile numbers."),
        ("13805710,ZJ,", "The first 3 to 7 digits of mobile numbers."),
    ],
)
def test_a_faulty_line_refuses_the_file_and_says_why(administrator: Client, line: str, said: str) -> None:
    make_partner("ZJ", "PROVINCE", key_id="")
    make_partner("ICBC", key_id="")

    preview = dry_run(administrator, SEGMENTS, f"prefix,province,city\n1390571,ZJ,\n{line}\n")

    assert said in preview.content.decode()
    assert "confirm_form" not in preview.context
    assert not NumberSegment.objects.exists()


def test_ported_numbers_are_read_as_people_write_them(administrator: Client) -> None:
    make_partner("SH", "PROVINCE", key_id="")

    preview = dry_run(administrator, PORTED, "msisdn,province\n+86 138-0571-0001,SH\n")
    confirm(administrator, PORTED, preview)

    assert PortedNumber.objects.get().msisdn == "13805710001"


def test_a_ported_number_is_found_by_the_whole_number_only(administrator: Client) -> None:
    shanghai = make_partner("SH", "PROVINCE", key_id="")
    PortedNumber.objects.create(msisdn="13805710001", province=shanghai)

    def found(term: str) -> int:
        return len(administrator.get(PORTED, {"q": term}).context["cl"].result_list)

    assert (found("138 0571 0001"), found("0001"), found("13805710002"), found("")) == (1, 0, 0, 1)


def test_what_is_no_number_is_an_error_of_the_form(administrator: Client) -> None:
    shanghai = make_partner("SH", "PROVINCE", key_id="")

    page = administrator.post(f"{PORTED}add/", {"msisdn": "1380571", "province": shanghai.pk})

    assert "Not a mobile number." in page.content.decode()
    assert not PortedNumber.objects.exists()


def test_segments_are_exported_with_the_provinces_code(administrator: Client) -> None:
    make_province("ZJ", prefix="1380571", key_id="")

    answer = administrator.post(f"{SEGMENTS}export/", {"format": "0", "resource": "0"})

    assert answer.content.decode().splitlines() == ["prefix,province,city", "1380571,ZJ,"]
