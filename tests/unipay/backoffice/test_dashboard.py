"""The overview shows whoever looks what the registered sources give, what presses first, and nothing for long."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import Login
from unipay.backoffice import dashboard
from unipay.backoffice.dashboard import (
    Card,
    Chart,
    Funnel,
    Remark,
    Section,
    Series,
    Shown,
    Source,
    Step,
    Tone,
    Viewer,
    list_address,
    named,
    register,
)

PARTNERS = "partners.partner"
Registering = Callable[..., None]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def shows(monkeypatch: pytest.MonkeyPatch) -> Registering:
    """Register what the test wants shown, beside nothing else."""
    monkeypatch.setattr(dashboard, "_SOURCES", {})

    def registering(
        *shown: Shown, name: str = "test", section: Section = Section.NOW, listed: str = PARTNERS
    ) -> None:
        register(Source(name, f"Source {name}", section, listed, lambda viewer: shown))

    return registering


def card(title: str = "Trouble", tone: Tone = Tone.WARNING, **fields: Any) -> Card:
    return Card(title, fields.pop("figure", 3), list_address(PARTNERS), tone=tone, **fields)


def test_what_presses_most_comes_first_and_what_is_well_comes_small(
    administrator: Client, shows: Registering
) -> None:
    shows(
        card("well", Tone.OK, order=1),
        card("look", order=2),
        card("urgent", Tone.DANGER, order=4),
        card("look first", order=1),
        card("note", Tone.NOTICE, order=3),
    )

    context = administrator.get("/admin/").context

    assert [each.title for each in context["pressing"]] == ["urgent", "look first", "look"]
    assert [each.title for each in context["calm"]] == ["well", "note"]


def test_how_much_it_presses_is_told_in_words_too(administrator: Client, shows: Registering) -> None:
    shows(card("one", Tone.DANGER), card("two", Tone.WARNING))

    page = administrator.get("/admin/").content.decode()

    assert "<em>urgent</em>" in page
    assert "<em>please look</em>" in page


def test_where_nothing_presses_the_page_says_so(administrator: Client, shows: Registering) -> None:
    shows(card(tone=Tone.OK, figure=0))

    assert "Nothing is overdue" in administrator.get("/admin/").content.decode()


def test_who_may_not_open_the_list_does_not_see_the_figure(clerk: Login, shows: Registering) -> None:
    shows(card("seen"), name="seen")
    shows(card("hidden"), name="hidden", listed="partners.ownkey")

    page = clerk("partners.view_partner").get("/admin/")

    assert [each.title for each in page.context["pressing"]] == ["seen"]


def test_who_may_open_nothing_is_told_whom_to_ask(clerk: Login, shows: Registering) -> None:
    shows(card())

    page = clerk().get("/admin/").content.decode()

    assert "An administrator can give it a role." in page
    assert "Trouble" not in page


def test_a_list_that_is_in_no_admin_shows_nothing(administrator: Client, shows: Registering) -> None:
    shows(card(), listed="signing.heldnumber")

    assert administrator.get("/admin/").context["is_empty"]


def test_a_figure_that_takes_too_long_costs_only_itself(
    administrator: Client, shows: Registering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(viewer: Viewer) -> Iterable[Shown]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return [card("slow")]

    monkeypatch.setattr(dashboard, "SECONDS_PER_QUERY", 0.1)
    shows(card("before"), name="before")
    register(Source("slow", "Slow figures", Section.NOW, PARTNERS, slow))
    shows(card("after"), name="after")

    context = administrator.get("/admin/").context

    found = {str(each.title): each.figure for each in context["pressing"]}
    assert found == {"Slow figures": "—", "before": 3, "after": 3}


def test_no_more_is_said_than_was_counted(administrator: Client, shows: Registering) -> None:
    shows(card("many", figure=1000), card("some", figure=999), card("words", figure="8 s ago"))

    page = administrator.get("/admin/").content.decode()

    assert "1,000+" in page
    assert "999+" not in page
    assert "8 s ago" in page


def test_a_chart_is_drawn_and_told_as_a_table(administrator: Client, shows: Registering) -> None:
    lines = Chart(
        "Trend",
        ("03-01", "03-02"),
        (Series("signed", (1, 2), ("/a/", "/b/")), Series("ended", (0, 4), ("/c/", "/d/"))),
        "nothing",
        is_line=True,
    )
    shows(lines, section=Section.FORTNIGHT)

    page = administrator.get("/admin/")
    (drawing,) = page.context["fortnight"]["figures"]

    assert '"data": [1, 2]' in drawing.data
    assert drawing.links == '[["/a/", "/b/"], ["/c/", "/d/"]]'
    assert [(label, [cell.figure for cell in cells]) for label, cells in drawing.rows] == [
        ("03-01", [1, 0]),
        ("03-02", [2, 4]),
    ]
    assert '<a href="/d/">4</a>' in page.content.decode()


def test_series_differ_in_more_than_colour(administrator: Client, shows: Registering) -> None:
    series = tuple(Series(name, (1, 2)) for name in ("one", "two", "three", "four"))
    shows(Chart("Trend", ("03-01", "03-02"), series, "nothing", is_line=True), section=Section.TODAY)

    (drawing,) = administrator.get("/admin/").context["today"]["figures"]

    for word in ("borderDash", "pointStyle", "borderColor"):
        assert len({part.split(",", 1)[0] for part in drawing.data.split(f'"{word}": ')[1:]}) >= 3, word


def test_a_list_shows_its_lines_by_share_and_leaves_out_what_did_not_happen(
    administrator: Client, shows: Registering
) -> None:
    counts = Series("count", (8, 2, 0), ("/a/", "/b/", "/c/"))
    bars = Chart("Reasons", ("a", "b", "c"), (counts,), "nothing", is_list=True)
    shows(bars, section=Section.TODAY)

    (ranking,) = administrator.get("/admin/").context["today"]["figures"]

    shown = [(stage.step.title, stage.step.link, stage.share) for stage in ranking.stages]
    assert shown == [("a", "/a/", 100), ("b", "/b/", 25)]


def test_parts_of_a_hundred_are_drawn_of_a_hundred_none_left_out(
    administrator: Client, shows: Registering
) -> None:
    counts = Series("share", (50, 0), ("/a/", "/b/"))
    shows(
        Chart("Success", ("a", "b"), (counts,), "nothing", is_list=True, is_share=True), section=Section.TODAY
    )

    (ranking,) = administrator.get("/admin/").context["today"]["figures"]

    assert [(stage.step.title, stage.share) for stage in ranking.stages] == [("a", 50), ("b", 0)]


def test_a_funnel_shows_shares_of_its_first_step_and_who_was_lost(
    administrator: Client, shows: Registering
) -> None:
    funnel = Funnel(
        "Way",
        (Step("opened", 8, "/o/"), Step("signed", 3, "")),
        (Step("failed", 5, "/f/"), Step("expired", 0, "/e/")),
        "nothing",
    )
    shows(funnel, section=Section.TODAY)

    (way,) = administrator.get("/admin/").context["today"]["figures"]

    assert [stage.share for stage in way.stages] == [100, 38]
    assert [step.title for step in way.lost] == ["failed"]


@pytest.mark.parametrize(
    "nothing",
    [
        Chart("Trend", ("03-01",), (Series("one", (0,)),), "Nothing at all.", is_line=True),
        Chart("Reasons", (), (Series("one", ()),), "Nothing at all.", is_list=True),
        Chart("Banks", (), (), "Nothing at all."),
        Funnel("Way", (Step("opened", 0, "/o/"),), (), "Nothing at all."),
    ],
)
def test_what_has_no_figures_says_so(administrator: Client, shows: Registering, nothing: Shown) -> None:
    shows(nothing, section=Section.TODAY)

    assert "Nothing at all." in administrator.get("/admin/").content.decode()


def test_the_same_remark_is_made_once(administrator: Client, shows: Registering) -> None:
    shows(Remark("As of noon"), card(), name="one", section=Section.TODAY)
    shows(Remark("As of noon"), card(), name="two", section=Section.TODAY)

    assert administrator.get("/admin/").content.decode().count("As of noon") == 1


def test_a_name_can_be_registered_once(shows: Registering) -> None:
    shows(card())

    with pytest.raises(ValueError, match="already has a source test"):
        shows(card())


def test_names_beyond_the_first_few_are_left_out() -> None:
    assert named(["a", "b", "c"]) == "a, b, c"
    assert named(["a", "b", "c", "d"]) == "a, b, c, …"
