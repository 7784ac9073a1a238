"""Connecting a partner: its code, its rights, its first or second key, and what its codes mean to us."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from unipay.errors import Fault, Refusal
from unipay.partners import errors
from unipay.partners.keys import add_partner_key, own_key
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import LegalBank, OwnKey, Partner, PartnerKey, ResultCode
from unipay.partners.reference import grant_default_rights, load_result_codes

_SERVING_KINDS = (PartnerKind.HALL, PartnerKind.AGENT)


@dataclass(frozen=True, kw_only=True)
class Application:
    """What a partner says of itself; `legal_bank` and `serves` are codes; None leaves it as it is, or the default."""

    code: str
    kind: str
    name: str | None = None
    name_en: str | None = None
    base_url: str | None = None
    signing_page_url: str | None = None
    legal_bank: str | None = None
    serves: str | None = None
    is_virtual: bool | None = None
    notifies_hall: bool | None = None


@dataclass(frozen=True, kw_only=True)
class OfferedKey:
    """The public key a partner will sign with."""

    key_id: str
    algorithm: str
    public_pem: str


@dataclass(frozen=True, kw_only=True)
class Onboarded:
    """What came of it: the partner, its key, and the key of ours it checks our signatures with."""

    partner: Partner
    key: PartnerKey
    own_key: OwnKey
    is_new: bool


def onboard(application: Application, offered: OfferedKey, *, now: datetime) -> Onboarded:
    """Connect a partner, or give a connected one another key; the same call twice changes nothing.

    What a known partner (such as a province of the reference table) has not filled in yet is filled in; what would
    change is refused, naming the fields.
    """
    with transaction.atomic():
        partner = Partner.objects.select_for_update(of=("self",)).filter(code=application.code).first()
        is_new = partner is None
        if partner is None:
            partner = Partner(code=application.code, kind=application.kind)
        _fill_in(partner, application, is_new=is_new)
        key = add_partner_key(partner, offered.key_id, offered.algorithm, offered.public_pem, now)
        if not partner.permissions.exists():
            grant_default_rights([partner])
        if not ResultCode.objects.filter(kind=partner.kind, partner=None).exists():
            load_result_codes(kind=partner.kind)
        ours = own_key(offered.algorithm, now)
    return Onboarded(partner=partner, key=key, own_key=ours, is_new=is_new)


def _fill_in(partner: Partner, application: Application, *, is_new: bool) -> None:
    wanted = _wanted(application)
    if not is_new:
        _refuse_changes(partner, {"kind": application.kind, **wanted})
    for name, value in wanted.items():
        setattr(partner, name, value)
    try:
        partner.full_clean(exclude=["status"])  # It is protected, even against being cleaned.
    except ValidationError as error:
        raise Refusal(errors.PARTNER_FAULTY, "; ".join(error.messages), faults=_faults(error)) from error
    partner.save()


def _wanted(application: Application) -> dict[str, Any]:
    """Return the fields the application speaks of, by the model's names."""
    wanted = {field.name: getattr(application, field.name) for field in fields(application)}
    given = {
        name: value for name, value in wanted.items() if value is not None and name not in ("code", "kind")
    }
    if "legal_bank" in given:
        given["legal_bank"] = _legal_bank(application)
    if "serves" in given:
        given["serves"] = _province_served(application)
    return given


def _legal_bank(application: Application) -> LegalBank:
    if application.kind != PartnerKind.BANK:
        raise _faulty("legal_bank", "only a bank has a legal bank")
    bank, _ = LegalBank.objects.get_or_create(
        code=application.legal_bank, defaults={"name": application.name or application.legal_bank}
    )
    return bank


def _province_served(application: Application) -> Partner:
    if application.kind not in _SERVING_KINDS:
        raise _faulty("serves", "only a hall or an agent serves a province")
    province = Partner.objects.filter(code=application.serves, kind=PartnerKind.PROVINCE).first()
    if province is None:
        raise _faulty("serves", f"there is no province {application.serves}")
    return province


def _refuse_changes(partner: Partner, wanted: dict[str, Any]) -> None:
    changed = [name for name, value in wanted.items() if getattr(partner, name) not in (value, "", None)]
    if changed:
        raise Refusal(
            errors.PARTNER_CODE_TAKEN,
            f"{partner.code} is connected already, with another {', '.join(changed)}",
        )


def _faulty(field: str, detail: str) -> Refusal:
    return Refusal(errors.PARTNER_FAULTY, detail, faults=[Fault(field, "invalid", detail)])


def _faults(error: ValidationError) -> list[Fault]:
    return [
        Fault(name, fault.code or "invalid", "; ".join(fault.messages))
        for name, faults in error.error_dict.items()
        for fault in faults
    ]
