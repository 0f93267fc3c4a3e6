"""The ombuds service's acts as statements for the door (cases/sql/mediation.sql). Each stands on the grant of its verb."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.gate.door import Query

# What patients and relatives ask (LOG-5, MY-10, MY-18, DTH-3, MY-15).
KINDS = ("overview", "correction", "not-visible", "relative", "unknown-person", "other")
OUTCOMES = ("granted", "partly", "refused", "answered")
TIES = ("spouse", "cohabitant", "partner", "parent", "child", "sibling", "grandparent", "grandchild")
CHANNELS = ("telephone", "letter", "mail", "desk")
# Who may be designated to read after a death (DTH-3): physician, nurse, pharmacist, dentist, paramedic.
DESIGNATED = (
    *(
        "gp",
        "specialist",
        "emergency-physician",
        "trainee-physician",
        "nurse",
        "midwife",
        "pharmacist-hospital",
    ),
    *("pharmacist-public", "dentist", "physiotherapist", "occupational-therapist", "dietician"),
)


def open_request(task: UUID, *, kind: str, facts: Mapping[str, Any]) -> Query:
    """Register a request about the patient of the grant; `task` is made with the form."""
    return Query(
        "SELECT cases.open_request(%(task)s::uuid, %(kind)s::text, %(facts)s::jsonb)",
        {"task": task, "kind": kind, "facts": json.dumps(dict(facts))},
    )


def ask_institution(task: UUID, *, institution: UUID, kind: str, words: str) -> Query:
    """The patient's own request to an institution."""
    return Query(
        "SELECT cases.ask_institution(%(task)s::uuid, %(institution)s::uuid, %(kind)s::text, %(words)s::text)",
        {"task": task, "institution": institution, "kind": kind, "words": words},
    )


def answer(task: UUID, *, outcome: str, words: str) -> Query:
    """Close a request with its answer."""
    return Query(
        "SELECT cases.answer_request(%(task)s::uuid, %(outcome)s::text, %(words)s::text)",
        {"task": task, "outcome": outcome, "words": words},
    )


def hand_over(task: UUID, *, function: str, words: str) -> Query:
    """Give a task to another function of the institution."""
    return Query(
        "SELECT cases.hand_over(%(task)s::uuid, %(function)s::text, %(words)s::text)",
        {"task": task, "function": function, "words": words},
    )


def number_overview(overview: UUID, *, task: UUID | None, since: datetime) -> Query:
    """One row: number, presentation, made_at."""
    return Query(
        "SELECT * FROM cases.number_overview(%(overview)s::uuid, %(task)s::uuid, %(since)s::timestamptz)",
        {"overview": overview, "task": task, "since": since},
    )


def record_objection(objects: bool) -> Query:
    """What the patient said in life about his relatives."""
    return Query("SELECT cases.record_objection(%(objects)s::boolean)", {"objects": objects})


def after_death() -> Query:
    """Of the patient of the grant: deceased_at, objects_after_death."""
    return Query("SELECT deceased_at, objects_after_death FROM registry.patient")


def designations() -> Query:
    """Professionals designated for the patient of the grant: name, starts_at, ends_at, categories, newest first."""
    return Query(
        """SELECT name, starts_at, ends_at, categories, state FROM relations.representation WHERE kind = 'designated' ORDER BY starts_at DESC"""
    )


def designate(
    task: UUID, *, representation: UUID, professional: UUID, opens: int, ends: datetime, words: str
) -> Query:
    """Let a professional read for the relatives, and close the request."""
    return Query(
        """SELECT cases.designate(%(task)s::uuid, %(representation)s::uuid, %(professional)s::uuid, %(opens)s::bigint,
            %(ends)s::timestamptz, %(words)s::text)""",
        {
            "task": task,
            "representation": representation,
            "professional": professional,
            "opens": opens,
            "ends": ends,
            "words": words,
        },
    )
