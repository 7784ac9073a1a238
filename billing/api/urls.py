"""The addresses of billing under /api/v1/."""

from django.urls import path

from billing.api.bills import BillAmendmentView, BillCancellationView, BillListView, BillsView, BillView
from billing.api.giving_back import RefundView, ReversalView
from billing.api.recharges import AllowedActionsView, RechargeListView, RechargesView, RechargeView

urlpatterns = [
    path("bills", BillsView.as_view(beside=BillListView), name="bills"),
    path("bills", BillListView.as_view(), name="bill-list"),
    path("bills/<str:bill_no>", BillView.as_view(), name="bill"),
    path("bills/<str:bill_no>/amendment", BillAmendmentView.as_view(), name="bill-amendment"),
    path("bills/<str:bill_no>/cancellation", BillCancellationView.as_view(), name="bill-cancellation"),
    path("recharges", RechargesView.as_view(beside=RechargeListView), name="recharges"),
    path("recharges", RechargeListView.as_view(), name="recharge-list"),
    path("recharges/<str:recharge_no>", RechargeView.as_view(), name="recharge"),
    path(
        "recharges/<str:recharge_no>/allowed-actions",
        AllowedActionsView.as_view(),
        name="recharge-allowed-actions",
    ),
    path("recharges/<str:recharge_no>/reversal", ReversalView.as_view(), name="recharge-reversal"),
    path("recharges/<str:recharge_no>/refund", RefundView.as_view(), name="recharge-refund"),
]
