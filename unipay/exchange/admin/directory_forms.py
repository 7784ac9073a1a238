"""The forms of directories and envelope keys: secrets are written, replaced and forgotten, never shown again."""

import base64
import binascii
import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal
from unipay.exchange import directories
from unipay.exchange.admin.choices import kinds_or_none
from unipay.exchange.models import Cipher, Directory, EnvelopeKey

# fsspec's options by the names its file systems give them.
SECRETS = ("username", "password", "private_key", "host_key", "key", "secret", "endpoint_url")
_KEY_BYTES = {Cipher.AES_256_GCM: 32, Cipher.SM4_GCM: 16}


def _word(label: Any, **kwargs: Any) -> forms.CharField:
    widget = kwargs.pop("widget", UnfoldAdminTextInputWidget({"autocomplete": "off"}))
    return forms.CharField(label=label, required=False, widget=widget, **kwargs)


class DirectoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A place and how we log in there; what is left empty of the secrets stays as it was."""

    kind = forms.ChoiceField(
        label=gettext_lazy("kind of file"),
        required=False,
        choices=kinds_or_none,
        widget=UnfoldAdminSelectWidget,
    )
    username = _word(gettext_lazy("user name"))
    password = _word(
        gettext_lazy("password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
    )
    private_key = _word(
        gettext_lazy("private key (PEM)"),
        widget=UnfoldAdminTextareaWidget({"rows": 4, "autocomplete": "off"}),
    )
    host_key = _word(
        gettext_lazy("the server's public key"),
        help_text=gettext_lazy("SFTP: as ssh-keyscan prints it; only a server with this key is trusted."),
    )
    key = _word(gettext_lazy("access key (S3)"))
    secret = _word(
        gettext_lazy("secret key (S3)"), widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
    )
    endpoint_url = _word(gettext_lazy("service address (S3)"))
    forget = forms.BooleanField(
        label=gettext_lazy("forget the credentials kept so far"), required=False, widget=UnfoldBooleanWidget
    )

    class Meta:
        model = Directory
        fields = ("partner", "use", "address", "kind", "pattern", "settle_seconds", "is_active")

    def clean_address(self) -> str:
        """Only addresses that are allowed."""
        address: str = self.cleaned_data["address"]
        try:
            directories.require_address(address)
        except Refusal as refusal:
            raise forms.ValidationError(reason_of(refusal)) from refusal
        return address

    def clean(self) -> dict[str, Any]:
        """Put what was given to what is kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kept = {} if cleaned.get("forget") else kept_credentials(self.instance)
        given = {name: cleaned[name] for name in SECRETS if cleaned.get(name)}
        self.instance.credentials = json.dumps(kept | given) if kept | given else ""
        return cleaned


class EnvelopeKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A key we share with a partner: entered once, ended at a time, never shown."""

    material = forms.CharField(
        label=gettext_lazy("key (base64)"),
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "32 bytes for AES-256-GCM, 16 for SM4-GCM. It is sealed at once and never shown again."
        ),
    )

    class Meta:
        model = EnvelopeKey
        fields = ("partner", "key_id", "cipher", "material", "valid_from", "valid_until")

    def clean(self) -> dict[str, Any]:
        """The key must be as long as its cipher wants."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cipher, material = cleaned.get("cipher"), cleaned.get("material")
        if cipher and material and _length(material) != _KEY_BYTES[Cipher(cipher)]:
            wanted = {"bytes": _KEY_BYTES[Cipher(cipher)]}
            self.add_error("material", _("This is not base64 of %(bytes)d bytes.") % wanted)
        return cleaned


def kept_credentials(directory: Directory) -> dict[str, Any]:
    """Return what is kept of the credentials; nothing for what cannot be read."""
    try:
        kept = json.loads(directory.credentials) if directory.credentials else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _length(material: str) -> int:
    try:
        return len(base64.b64decode(material, validate=True))
    except (binascii.Error, ValueError):
        return -1
