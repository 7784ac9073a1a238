from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import key_pair, make_partner
from unipay import signatures
from unipay.partners.models import LegalBank, OwnKey, Partner, PartnerKey, ResultCode
from unipay.partners.reference import load_provinces

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "icbc.pem"
    path.write_text(key_pair("icbc").public_pem)
    return path


def onboard(code: str, key_file: Path, *options: str, kind: str = "bank") -> str:
    output = StringIO()
    call_command(
        "onboard_partner", code, "--kind", kind, "--public-key", str(key_file), *options, stdout=output
    )
    return output.getvalue()


def test_a_bank_is_connected_and_told_our_key(key_file: Path) -> None:
    said = onboard("ICBC", key_file, "--name", "工商银行", "--base-url", "https://pay.icbc.example/unipay")

    ours = OwnKey.objects.get()
    assert said == (
        "partner     ICBC 工商银行 (new)\n"
        "key id      k1  (RSA-SHA256, slot 1)\n"
        f"fingerprint {signatures.fingerprint(key_pair('icbc').public_pem)}\n"
        f"our key id  {ours.key_id}\n"
        f"fingerprint {signatures.fingerprint(ours.public_key)}\n"
        f"{ours.public_key}"
    )
    assert Partner.objects.get().base_url == "https://pay.icbc.example/unipay"


def test_a_new_bank_has_the_rights_and_the_result_codes_of_its_kind(key_file: Path) -> None:
    onboard("ICBC", key_file, "--name", "工商银行")

    operations = set(Partner.objects.get().permissions.values_list("operation", flat=True))
    assert operations == {
        "signings.create",
        "signing_results.create",
        "contracts.read",
        "contracts.amend",
        "contracts.terminate",
        "recharges.create",
        "recharges.read",
        "recharges.reverse",
        "recharges.refund",
        "requests.read",
        "files.create",
        "files.read",
        "files.acknowledge",
    }
    assert set(ResultCode.objects.values_list("kind", flat=True)) == {"BANK"}


def test_onboarding_again_changes_nothing(key_file: Path) -> None:
    first = onboard("ICBC", key_file, "--name", "工商银行")

    second = onboard("ICBC", key_file, "--name", "工商银行")

    assert second == first.replace(" (new)", "")
    assert (Partner.objects.count(), PartnerKey.objects.count(), OwnKey.objects.count()) == (1, 1, 1)


def test_a_second_key_is_added_to_a_connected_bank(key_file: Path, tmp_path: Path) -> None:
    onboard("ICBC", key_file, "--name", "工商银行")
    next_key = tmp_path / "next.pem"
    next_key.write_text(key_pair("icbc next", "SM2-SM3").public_pem)

    said = onboard("ICBC", next_key, "--key-id", "k2", "--algorithm", "SM2-SM3")

    assert "key id      k2  (SM2-SM3, slot 2)" in said
    assert sorted(OwnKey.objects.values_list("algorithm", flat=True)) == ["RSA-SHA256", "SM2-SM3"]


def test_a_province_of_the_reference_table_is_filled_in(key_file: Path) -> None:
    load_provinces()

    said = onboard("ZJ", key_file, "--base-url", "https://crm.zj.example", kind="province")

    zhejiang = Partner.objects.get(code="ZJ")
    assert said.startswith("partner     ZJ 浙江\n")
    assert (zhejiang.name, zhejiang.base_url) == ("浙江", "https://crm.zj.example")


def test_a_legal_bank_is_shared_by_its_codes(key_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(key_pair("icbc card").public_pem)
    onboard("ICBC", key_file, "--name", "工商银行", "--legal-bank", "ICBC")
    onboard("ICBC_CARD", other, "--name", "工行信用卡", "--legal-bank", "ICBC")

    assert LegalBank.objects.get().name == "工商银行"
    assert Partner.objects.filter(legal_bank__code="ICBC").count() == 2


def test_a_hall_may_serve_one_province(key_file: Path) -> None:
    load_provinces()

    onboard("HALL_ZJ", key_file, "--name", "浙江网厅", "--serves", "ZJ", kind="hall")

    assert Partner.objects.get(code="HALL_ZJ").serves.name == "浙江"


@pytest.mark.parametrize(
    ("code", "kind", "options", "message"),
    [
        ("ICBC", "bank", [], "partner_faulty"),
        ("icbc", "bank", ["--name", "x"], "partner_faulty"),
        ("ICBC", "bank", ["--name", "x", "--base-url", "not an address"], "partner_faulty"),
        ("ICBC", "bank", ["--name", "x", "--serves", "ZJ"], "only a hall or an agent serves a province"),
        ("ZJ", "province", ["--name", "x", "--legal-bank", "ICBC"], "only a bank has a legal bank"),
        ("HALL", "hall", ["--name", "x", "--serves", "XX"], "there is no province XX"),
        ("ICBC", "bank", ["--name", "x", "--algorithm", "SM2-SM3"], "the public key is not an SM2 key"),
        ("ICBC", "bank", ["--name", "x", "--key-id", "k 1"], "--key-id must be"),
    ],
)
def test_a_faulty_application_is_refused_and_leaves_nothing_behind(
    key_file: Path, code: str, kind: str, options: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        onboard(code, key_file, *options, kind=kind)

    assert not Partner.objects.exists()
    assert not LegalBank.objects.exists()


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("province", [], "partner_code_taken.*another kind"),
        ("bank", ["--name", "建设银行"], "partner_code_taken.*another name"),
    ],
)
def test_a_code_that_is_taken_is_refused(key_file: Path, kind: str, options: list[str], message: str) -> None:
    make_partner("ICBC", name="工商银行", key_id="")

    with pytest.raises(CommandError, match=message):
        onboard("ICBC", key_file, *options, kind=kind)

    assert Partner.objects.get().name == "工商银行"
    assert not PartnerKey.objects.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        ("公钥".encode(), "is not a PEM file"),
        (b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", "public_key_unreadable"),
    ],
)
def test_a_key_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        onboard("ICBC", path, "--name", "工商银行")

    assert not Partner.objects.exists()
