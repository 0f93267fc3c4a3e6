"""The context of the living page: one value for each state of each component."""

from __future__ import annotations

from typing import Any

from unidossier.portals.shared.components.page import ItemPage
from unidossier.portals.shared.components.shell import Entry

from . import forms, items, lists, pages, visits, who

COLOURS = ("ink", "soft", "accent", "danger", "warning", "info", "good")
WASHES = (
    "paper",
    "surface",
    "sunken",
    "accent-wash",
    "danger-wash",
    "warning-wash",
    "info-wash",
    "good-wash",
)


def context() -> dict[str, Any]:
    """Everything `design/living.html` shows."""
    return {
        "colours": COLOURS,
        "washes": WASHES,
        "banners": (
            who.BANNER,
            who.banner(why=who.GLASS),
            who.banner(allergies=(), allergies_reading="none-known", why=who.FOR_CHILD),
            who.banner(allergies=(), allergies_reading="unreadable", why=None),
            who.banner(allergies=(), allergies_reading="none", deceased_date=who.AT.date(), why=None),
        ),
        "values": (
            items.POTASSIUM,
            items.CREATININE,
            items.SODIUM,
            items.CHLORIDE,
            items.BNP,
            items.PRESSURE,
            items.INR,
        ),
        "tiles": items.TILES,
        "tile_states": items.TILE_STATES,
        "plain_ribbon": items.ribbon(),
        "chosen_ribbon": items.ribbon(from_year=2012, to_year=2018),
        "filters": items.FILTERS,
        "rows": items.PAGE,
        "no_rows": ItemPage(rows=()),
        "no_match": ItemPage(rows=(), is_filtered=True, clear_href=who.HERE),
        "unreadable": ItemPage(rows=(), reading="unreadable"),
        "panel": items.PANEL,
        "letter": items.LETTER,
        "trend": items.TREND,
        "medicines": items.MEDICINES,
        "relations": [relation for group in who.ACCESS for relation in group["relations"]],
        "visits": visits.VISITS,
        "patients": lists.GROUPS[0].lines,
        "waiting": lists.CONSULT_GROUPS[0].lines,
        "agenda": lists.AGENDA,
        "tabs": (Entry(label="All", href=who.HERE, is_here=True), *pages.LOG_TABS[1:]),
        "form": forms.with_errors(),
        "kinds": list(items.FILTERS.kinds),
    }
