"""Addresses of the sandbox: the wire Unipay calls, and the pages people use."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from unipay.sandbox import bank, bank_money, book, hall, province, province_money
from unipay.sandbox.pages import bank as bank_pages
from unipay.sandbox.pages import files as file_pages
from unipay.sandbox.pages import hall as hall_pages
from unipay.sandbox.pages import money as money_pages
from unipay.sandbox.pages import province as province_pages
from unipay.sandbox.pages import start as start_pages
from unipay.sandbox.receiving import Door, ReceivingView
from unipay.sandbox.scenarios import (
    CHECK_ELIGIBILITY,
    CONTRACT_CANCELLED,
    CONTRACT_CHANGED,
    CONTRACT_CONFIRMED,
    LAND_RECHARGES,
    NUMBER_STATUS,
    QUERY_CONTRACTS,
    QUERY_RECHARGES,
    QUERY_SIGNING,
    REFUND_RECHARGE,
    SIGNING_OUTCOME,
    TAKE_BACK_RECHARGE,
)
from unipay.sandbox.states import Role

app_name = "sandbox"

DOORS = {
    "provinces/<str:code>/eligibility-checks": Door(Role.PROVINCE, CHECK_ELIGIBILITY, province.eligibility),
    "provinces/<str:code>/contract-changes": Door(
        Role.PROVINCE, CONTRACT_CHANGED, province.take_contract_change
    ),
    "provinces/<str:code>/number-status": Door(Role.PROVINCE, NUMBER_STATUS, province.number_status),
    "provinces/<str:code>/contract-queries": Door(Role.PROVINCE, QUERY_CONTRACTS, book.of_province),
    "provinces/<str:code>/landings": Door(Role.PROVINCE, LAND_RECHARGES, province_money.land),
    "provinces/<str:code>/landing-queries": Door(Role.PROVINCE, QUERY_RECHARGES, province_money.tell),
    "provinces/<str:code>/landing-take-backs": Door(
        Role.PROVINCE, TAKE_BACK_RECHARGE, province_money.take_back
    ),
    "banks/<str:code>/refunds": Door(Role.BANK, REFUND_RECHARGE, bank_money.give_back),
    "banks/<str:code>/contract-queries": Door(Role.BANK, QUERY_CONTRACTS, book.of_bank),
    "banks/<str:code>/signing-queries": Door(Role.BANK, QUERY_SIGNING, bank.answer_query),
    "banks/<str:code>/contract-confirmations": Door(Role.BANK, CONTRACT_CONFIRMED, bank.take_confirmation),
    "banks/<str:code>/contract-cancellations": Door(Role.BANK, CONTRACT_CANCELLED, bank.take_cancellation),
    "halls/<str:code>/signing-outcomes": Door(Role.HALL, SIGNING_OUTCOME, hall.take_outcome),
}

urlpatterns = [
    *(
        path(route, csrf_exempt(ReceivingView.as_view(door=door)), name=door.operation)
        for route, door in DOORS.items()
    ),
    path("", start_pages.start, name="start"),
    path("sms/", start_pages.sms, name="sms"),
    path("language/<str:code>/", start_pages.language, name="language"),
    path("by-itself/<str:task>/<str:position>/", start_pages.switch, name="switch"),
    path("hall/", hall_pages.start_signing, name="hall"),
    path("hall/outcomes/<str:request_no>/", hall_pages.outcome, name="hall_outcome"),
    path("banks/<str:code>/", bank_pages.book, name="bank_book"),
    path("banks/<str:code>/counter/", bank_pages.counter, name="bank_counter"),
    path("banks/<str:code>/file/", file_pages.bank_file, name="bank_file"),
    path("banks/<str:code>/unasked/", file_pages.bank_sign_unasked, name="bank_sign_unasked"),
    path("banks/<str:code>/signing/", bank_pages.receive_hand_over, name="bank_hand_over"),
    path("banks/<str:code>/signing/<int:pk>/", bank_pages.signing_page, name="bank_signing"),
    path("banks/<str:code>/money/", money_pages.bank_book, name="bank_money"),
    path("banks/<str:code>/recharge/", money_pages.recharge, name="bank_recharge"),
    path("banks/<str:code>/payments/<int:pk>/<str:action>/", money_pages.payment_act, name="bank_payment"),
    path("banks/<str:code>/requests/<str:way>/<str:action>/", money_pages.requests, name="bank_requests"),
    path("banks/<str:code>/by-hand/", money_pages.by_hand, name="bank_by_hand"),
    path("banks/<str:code>/mandates/<str:action>/", money_pages.mandates, name="bank_mandates"),
    path("banks/<str:code>/contracts/<int:pk>/", bank_pages.contract, name="bank_contract"),
    path("banks/<str:code>/contracts/<int:pk>/<str:action>/", bank_pages.act, name="bank_act"),
    path("provinces/", province_pages.provinces, name="provinces"),
    path("provinces/<str:code>/", province_pages.book, name="province"),
    path("provinces/<str:code>/file/", file_pages.province_file, name="province_file"),
    path("provinces/<str:code>/corrections/", file_pages.province_corrections, name="province_corrections"),
    path("provinces/<str:code>/money/", money_pages.province_book, name="province_money"),
    path("provinces/<str:code>/bills/", money_pages.bill, name="province_bill"),
    path("provinces/<str:code>/bills/<int:pk>/<str:action>/", money_pages.bill_act, name="province_bill_act"),
    path("provinces/<str:code>/events/", province_pages.announce, name="province_event"),
]
