"""What the files of contract reconciliation are called (domain.md B); `file_kinds.py` says what is in them."""

BANK_INCREMENT = "bank_contract_increment"
BANK_FULL = "bank_contract_full"
PROVINCE_INCREMENT = "province_contract_increment"
PROVINCE_FULL = "province_contract_full"
PROVINCE_CORRECTION = "province_correction"
CORRECTION_RESULT = "province_correction_result"
BANK_DISCREPANCIES = "bank_discrepancies"
