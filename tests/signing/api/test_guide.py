"""What the guide tells of signing is what happens."""

import json
from datetime import timedelta

import pytest
from django.utils.translation import override

from signing.api.examples import HAND_OVER
from signing.flows import signing_session
from tests.factories import make_partner
from tests.signing.factories import NOW, make_session
from unipay import signatures
from unipay.api.guide import guide
from unipay.partners.models import OwnKey

BACK = "https://unipay.example/pay/signing/token/result"


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "# 签约流程\n"), ("en", "# Signing, step by step\n")]
)
def test_the_guide_has_a_chapter_on_signing(language: str, title: str) -> None:
    with override(language):
        text = guide()

    assert title in text
    assert '{"bank_code":"ICBC","msisdn":"13805710002","return_url":"https://' in text


@pytest.mark.django_db
@pytest.mark.parametrize("algorithm", ["RSA-SHA256", "SM2-SM3"])
def test_the_form_for_the_bank_is_signed_as_the_guide_says(algorithm: str) -> None:
    bank = make_partner("BOC", algorithm=algorithm, signing_page_url="https://boc.example/sign")
    session = make_session("OPENED", bank=bank)

    leaving = signing_session.consent(
        session.link_token, bank_code="BOC", return_url=BACK, now=NOW + timedelta(minutes=1)
    )

    form = leaving.fields
    assert sorted(form) == sorted([*HAND_OVER, "timestamp", "nonce", "key", "signature"])
    fields = {name: form[name] for name in HAND_OVER}
    body = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    text = signatures.answer_text(form["timestamp"], form["nonce"], body)
    key = OwnKey.objects.get(key_id=form["key"])
    assert key.algorithm == algorithm
    assert signatures.verify(key.public_key, algorithm, text, form["signature"])
