"""Registration desk: a line of the federal platform that contradicts the people as they are registered (EXC-3, security T21)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.desk.views_registration import file_href
from unidossier.portals.shared.frame import frame


def federal_identity(request: HttpRequest, task: UUID) -> HttpResponse:
    """What contradicts what, and what to do. The exclusion holds by itself once the numbers are put right."""
    opened = task_or_404(request, task)
    row = opened.task
    if row["kind"] != "federal-identity":
        raise Http404
    why = {
        "two-people": _("Its NIHDI number is of one person here, its national number of another."),
        "other-people": _("It was told before with another patient or carer. What was told first holds."),
    }
    told = (
        (_("Federal number"), str(row["facts"].get("federal", ""))),
        (_("What is wrong"), why.get(row["facts"].get("why", ""), "")),
    )
    ways = (
        (reverse("desk:finish-task", args=[task]), _("Close the task"), True),
        (file_href(row["patient_id"]), _("Open the file"), False),
    )
    context = task_context(opened) | {
        "told": tuple((label, text) for label, text in told if text),
        "ways": ways if row["state"] != "done" else ways[1:],
        "notice": _(
            "This exclusion is not in force: it could hit the wrong person. Ask the patient whom he means; meanwhile he can exclude that person here. Let the wrong number be corrected: then the federal exclusion holds by itself."
        ),
    }
    return render(request, "desk/oversight_task.html", frame(request, **context))
