"""Before anything that cannot be taken back, a page lists what will happen to each of the chosen rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from unipay.backoffice.admin.outcomes import link_to, way_back
from unipay.errors import Text

_CONFIRMED = "confirmed"
_NOT_CARRIED = {"csrfmiddlewaretoken", _CONFIRMED}


@dataclass(frozen=True)
class Preview:
    """What will happen to one row, sentence by sentence; or why nothing will (`refusal`)."""

    effects: tuple[Text, ...] = ()
    refusal: Text = ""


@dataclass(frozen=True)
class Question:
    """What is asked before it is done: the page's title, a sentence on what cannot be taken back, the button.

    `preview` is asked for each row and changes nothing. `form_class`, when given, must be filled in as well (a
    remark, a box that says "I know"); it is made with `form_given`. `is_dangerous` colours the button.
    """

    title: Text
    warning: Text
    button: Text
    preview: Callable[[Any], Preview]
    form_class: type[Form] | None = None
    form_given: dict[str, Any] = field(default_factory=dict)
    is_dangerous: bool = True


def confirmed_action(
    model_admin: Any,
    request: HttpRequest,
    rows: Iterable[Any],
    *,
    question: Question,
    then: Callable[[list[Any], dict[str, Any]], HttpResponse | None],
) -> HttpResponse | None:
    """Ask first; once confirmed, return what `then(rows, what the form says)` returns.

    Serves actions of lists, whose choice travels along in hidden fields, and actions of one row's page, which may be
    opened by a link. Nothing is done before the page's own button was pressed.
    """
    chosen = list(rows)
    is_confirmed = request.method == "POST" and _CONFIRMED in request.POST
    form = _form(question, request.POST if is_confirmed else None)
    if is_confirmed and (form is None or form.is_valid()):
        return then(chosen, form.cleaned_data if form else {})
    lines = [(str(row), link_to(row), question.preview(row)) for row in chosen]
    return TemplateResponse(
        request,
        "backoffice/confirmation.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": question.title,
            "question": question,
            "form": form,
            "lines": lines,
            "is_possible": any(not preview.refusal for _name, _link, preview in lines),
            "carried": list(_carried(request, form)),
            "back": way_back(request),
        },
    )


def _form(question: Question, posted: QueryDict | None) -> Form | None:
    return question.form_class(posted, **question.form_given) if question.form_class else None


def _carried(request: HttpRequest, form: Form | None) -> Iterator[tuple[str, str]]:
    """What the list sent to name the action and the rows; the page sends it again."""
    own = _NOT_CARRIED | set(form.fields if form else ())
    for name, values in request.POST.lists():
        if name not in own:
            yield from ((name, str(value)) for value in values)
