"""Our signature on an answer, with our key of the algorithm the caller signs with."""

import secrets

from django.http import HttpResponse

from unipay import clock, signatures
from unipay.partners.keys import own_key


def sign_answer(response: HttpResponse, *, algorithm: str) -> None:
    """Add Unipay-Timestamp, -Nonce, -Key and -Signature over the body as it goes out."""
    now = clock.now()
    key = own_key(algorithm, now)
    timestamp, nonce = int(now.timestamp()), secrets.token_urlsafe(16)
    text = signatures.answer_text(timestamp, nonce, response.content)
    response["Unipay-Timestamp"] = str(timestamp)
    response["Unipay-Nonce"] = nonce
    response["Unipay-Key"] = key.key_id
    response["Unipay-Signature"] = signatures.sign(key.private_key, algorithm, text)
