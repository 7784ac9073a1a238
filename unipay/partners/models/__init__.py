"""The facts about partners."""

from unipay.partners.models.endpoint import Endpoint
from unipay.partners.models.key import OwnKey, PartnerKey
from unipay.partners.models.number import NumberSegment, PortedNumber
from unipay.partners.models.partner import LegalBank, MaintenanceWindow, Partner, PartnerPermission
from unipay.partners.models.result_code import ResultCode, UnmappedCode

__all__ = [
    "Endpoint",
    "LegalBank",
    "MaintenanceWindow",
    "NumberSegment",
    "OwnKey",
    "Partner",
    "PartnerKey",
    "PartnerPermission",
    "PortedNumber",
    "ResultCode",
    "UnmappedCode",
]
