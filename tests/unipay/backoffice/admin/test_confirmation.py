"""The page before what cannot be taken back."""

from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import RequestFactory

from unipay.backoffice.admin import Preview, Question, confirmed_action
from unipay.partners.models import LegalBank

LIST = "/admin/partners/legalbank/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


class RemarkForm(forms.Form):
    """Why."""

    remark = forms.CharField()


def preview(bank: LegalBank) -> Preview:
    """The first bank ends, the second may not."""
    return Preview(refusal="It is needed.") if bank.code == "B1" else Preview(("It ends.", "Nobody is told."))


def ask(
    posted: dict[str, Any] | None,
    done: list[Any],
    form_class: type[forms.Form] | None = None,
    *,
    numbers: tuple[int, ...] = (0, 1),
) -> Any:
    """Ask for banks of these numbers to be ended; `done` gets what the action would do."""
    banks = [LegalBank.objects.get_or_create(code=f"B{each}", name="bank")[0] for each in numbers]
    request: Any = RequestFactory().get(LIST) if posted is None else RequestFactory().post(LIST, posted)
    request.user = User.objects.filter(username="root").first() or User.objects.create_superuser("root")

    def then(rows: list[LegalBank], given: dict[str, Any]) -> HttpResponse:
        done.append(([each.code for each in rows], given))
        return HttpResponse("done")

    question = Question("End them", "They stay ended.", "End", preview, form_class)
    return confirmed_action(
        admin.site.get_model_admin(LegalBank), request, banks, question=question, then=then
    )


CHOSEN = {"action": "end", "_selected_action": ["1", "2"], "csrfmiddlewaretoken": "x"}


def test_nothing_is_done_before_it_is_confirmed() -> None:
    done: list[Any] = []

    page = ask(CHOSEN, done).render().content.decode()

    assert done == []
    assert "They stay ended." in page
    assert "It ends." in page
    assert "It is needed." in page


def test_the_choice_travels_along() -> None:
    answer = ask(CHOSEN, [])

    assert answer.context_data["carried"] == [
        ("action", "end"),
        ("_selected_action", "1"),
        ("_selected_action", "2"),
    ]


def test_where_nothing_is_possible_there_is_nothing_to_confirm() -> None:
    page = ask(CHOSEN, [], RemarkForm, numbers=(1,)).render().content.decode()

    assert "Nothing of this is possible." in page
    assert 'name="confirmed"' not in page
    assert 'name="remark"' not in page


def test_what_was_confirmed_is_done() -> None:
    done: list[Any] = []

    answer = ask({**CHOSEN, "confirmed": "yes"}, done)

    assert answer.content == b"done"
    assert done == [(["B0", "B1"], {})]


def test_an_address_alone_confirms_nothing() -> None:
    done: list[Any] = []

    assert ask(None, done).status_code == 200

    assert done == []


def test_a_form_that_is_not_filled_in_holds_it_up() -> None:
    done: list[Any] = []

    page = ask({**CHOSEN, "confirmed": "yes", "remark": ""}, done, RemarkForm).render().content.decode()
    ask({**CHOSEN, "confirmed": "yes", "remark": "merged"}, done, RemarkForm)

    assert "This field is required." in page
    assert done == [(["B0", "B1"], {"remark": "merged"})]


def test_the_first_question_is_asked_without_complaints() -> None:
    page = ask(CHOSEN, [], RemarkForm).render().content.decode()

    assert 'name="remark"' in page
    assert "This field is required." not in page
