"""What can be done with a layout: tried on a sample, copied, published, retired."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from unipay.backoffice.admin import Question, confirmed_action, report_outcomes
from unipay.backoffice.provinces import visible_provinces
from unipay.errors import Text
from unipay.exchange.admin import layout_previews
from unipay.exchange.admin.fields import layout_title
from unipay.exchange.admin.in_memory import in_memory
from unipay.exchange.admin.layout_forms import CopyForm, SampleForm
from unipay.exchange.admin.sample import Shown
from unipay.exchange.flows import layout_versions
from unipay.exchange.models import FileLayout, LayoutState

MOST_SAMPLE_BYTES = 2 * 1024 * 1024


class LayoutDoors:
    """The addresses below a layout's page; mixed into its admin."""

    actions_detail = ("go_and_try", "publish", "copy", "retire")

    def get_urls(self) -> list[URLPattern]:
        """Put the page of the sample before the admin's."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = path("<path:object_id>/try/", site.admin_view(self.try_view), name="exchange_filelayout_try")
        return [own, *super().get_urls()]  # type: ignore[misc]

    @action(
        description=gettext_lazy("Try a sample"),
        icon="science",
        url_path="go-and-try",
        permissions=["view"],
        attrs={"class": "order-first"},
    )
    def go_and_try(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the page that reads a sample."""
        return HttpResponseRedirect(reverse("admin:exchange_filelayout_try", args=[object_id]))

    @in_memory(MOST_SAMPLE_BYTES)
    def try_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read a sample by the layout and show what it says; the sample is kept nowhere."""
        layout = self._layout(request, object_id)
        form = SampleForm(request.POST or None, request.FILES or None)
        shown = None
        if request.method == "POST" and form.is_valid():
            sample = form.cleaned_data["sample"]
            shown = Shown(layout, name=sample.name, sample=sample.read())
        context = {
            "form": form,
            "shown": shown,
            "title": _("Try a sample"),
            "subtitle": f"{layout_title(layout)} · {layout}",
        }
        return self._render(request, "exchange/admin/try.html", layout, context)

    @action(description=gettext_lazy("Copy"), icon="content_copy", url_path="copy", permissions=["copy"])
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for whom and from when on; make the draft, and lead to it."""
        layout = self._layout(request, object_id)
        begun = {"partner": layout.partner_id}
        form = CopyForm(request.POST or None, user=request.user, initial=begun)
        if form.is_valid():
            draft = layout_versions.copy(layout.pk, **form.cleaned_data)
            model_admin: Any = self
            model_admin.log_addition(request, draft, _("copied from %(layout)s") % {"layout": layout})
            messages.success(request, _("This is the copy: a draft nobody reads by yet."))
            return HttpResponseRedirect(reverse("admin:exchange_filelayout_change", args=[draft.pk]))
        context = {
            "form": form,
            "title": _("Copy the layout"),
            "subtitle": f"{layout_title(layout)} · {layout}",
        }
        return self._render(request, "exchange/admin/copy.html", layout, context)

    @action(description=gettext_lazy("Publish"), icon="publish", url_path="publish", permissions=["publish"])
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Put it in force, once somebody has read what that changes."""
        flow = partial(_by_key, layout_versions.publish)
        return self._asked_first(
            request, object_id, question=layout_previews.PUBLISHING, flow=flow, done=_("published")
        )

    @action(description=gettext_lazy("Retire"), icon="block", url_path="retire", permissions=["retire"])
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Take it out of force, once somebody has read what reads instead."""
        flow = partial(_by_key, layout_versions.retire)
        return self._asked_first(
            request, object_id, question=layout_previews.RETIRING, flow=flow, done=_("retired")
        )

    def has_copy_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who may begin a layout may begin with another one."""
        model_admin: Any = self
        return bool(model_admin.has_add_permission(request))

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Drafts are published."""
        return self._may_settle(request, object_id, LayoutState.DRAFT)

    def has_retire_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What is in force is retired."""
        return self._may_settle(request, object_id, LayoutState.PUBLISHED)

    def _may_settle(self, request: HttpRequest, object_id: Any, state: LayoutState) -> bool:
        if not request.user.has_perm("exchange.publish_filelayout"):
            return False
        if object_id is None or not str(object_id).isdecimal():
            return object_id is None
        layout = FileLayout.objects.filter(pk=object_id, state=state).first()
        return layout is not None and may_change(request, layout)

    def _asked_first(
        self, request: HttpRequest, object_id: str, *, question: Question, flow: Any, done: Text
    ) -> HttpResponse | None:
        layout = self._layout(request, object_id)

        def then(rows: list[FileLayout], _given: dict[str, Any]) -> HttpResponse:
            return report_outcomes(self, request, rows, verb=flow, done=done)

        return confirmed_action(self, request, [layout], question=question, then=then)

    def _layout(self, request: HttpRequest, object_id: str) -> FileLayout:
        """The layout, if it is one this person may see."""
        model_admin: Any = self
        layout: FileLayout | None = model_admin.get_object(request, unquote(object_id))
        if layout is None:
            raise Http404
        if not model_admin.has_view_permission(request, layout):
            raise PermissionDenied
        return layout

    def _render(
        self, request: HttpRequest, template: str, layout: FileLayout, context: dict[str, Any]
    ) -> HttpResponse:
        model_admin: Any = self
        usual = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "original": layout,
        }
        return TemplateResponse(request, template, {**usual, **context})


def may_change(request: HttpRequest, layout: Any) -> bool:
    """Tell whether this person works for those whose layout it is; a neutral one is everybody's."""
    visible = visible_provinces(request.user)
    return visible is None or layout is None or layout.partner_id in visible


def _by_key(flow: Any, layout: FileLayout) -> None:
    flow(layout.pk)
