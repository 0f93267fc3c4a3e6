"""An address that takes a form leads whoever comes without one to the page of the form: a reload, a page asked anew (ACD-7)."""

from importlib import import_module

import pytest
from django.urls import reverse
from django.urls.converters import get_converters

from tests.desk.conftest import Desk
from tests.portals.conftest import Visitor
from unidossier.kernel.uuid7 import new_id


@pytest.mark.parametrize(
    ("function", "address", "page"),
    [
        ("data-protection-officer", "log/gather/?why=spot-check&person=x", "log/?why=spot-check&person=x"),
        ("registration-desk", "letters/post/", "letters/?state=printed"),
        ("registration-desk", "letters/print/", "letters/"),
        ("data-protection-officer", "log/{task}/gather/", "case/{task}/"),
        ("data-protection-officer", "log/{task}/out/", "case/{task}/"),
        ("data-protection-officer", "task/{task}/note/", "case/{task}/"),
    ],
)
def test_it_leads_to_the_page_of_the_form(
    desk: Desk, visitor: Visitor, function: str, address: str, page: str
) -> None:
    task = desk.task(function=function, kind="case")
    browser = visitor(desk.workers[function].person)
    answer = browser.get(f"/desk/{address.format(task=task)}")
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/{page.format(task=task)}")
    assert browser.get(answer["Location"]).status_code == 200


def test_the_task_of_another_function_stays_hidden(desk: Desk, visitor: Visitor) -> None:
    browser = visitor(desk.workers["registration-desk"].person)
    hidden = browser.get(f"/desk/task/{desk.task(function='ombuds')}/note/")
    absent = browser.get(f"/desk/task/{new_id()}/note/")
    assert (hidden.status_code, absent.status_code) == (404, 404)


FILLED = {"uuid": new_id, "int": lambda: 1, "str": lambda: "x", "slug": lambda: "x"}


def test_no_address_of_the_desk_is_for_forms_alone(desk: Desk, visitor: Visitor) -> None:
    """A page that a form gave is asked anew at its address: by who reloads it, and when rights change."""
    names = {type(get_converters()[name]).__name__: name for name in FILLED}
    for function, worker in desk.workers.items():
        browser = visitor(worker.person)
        for route in import_module("unidossier.portals.desk.urls").urlpatterns:
            kinds = {name: names[type(one).__name__] for name, one in route.pattern.converters.items()}
            address = reverse(
                f"desk:{route.name}", kwargs={name: FILLED[one]() for name, one in kinds.items()}
            )
            assert browser.get(address).status_code != 405, (function, address)
