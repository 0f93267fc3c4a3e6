"""Mutants of the decision: one line dropped, or one condition of one line dropped or turned round."""

import re
from collections.abc import Iterator

_LINE = re.compile(r"^(?P<lead>\s*WHEN )(?P<condition>.*?)(?P<then>\s+THEN '[^']+')\s*$", re.MULTILINE)


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Give (what was done, body of the function) for each mutant of the body of gate.decide."""
    for line in _LINE.finditer(source):
        before, after = source[: line.start()], source[line.end() :]
        named = f"{line['then'].split(chr(39))[1]} WHEN {line['condition'].strip()}"
        yield f"line dropped: {named}", before + after
        for what, condition in _changed(line["condition"].strip()):
            yield f"{what}: {named}", before + line["lead"] + condition + line["then"] + after


def _changed(condition: str) -> Iterator[tuple[str, str]]:
    yield "turned round", f"NOT ({condition})"
    terms = _split(condition, " AND ")
    for place, term in enumerate(terms):
        others = terms[:place] + terms[place + 1 :]
        if others:
            yield f"without {term}", " AND ".join(others)
        for alternative in _alternatives(term):
            yield f"{alternative} for {term}", " AND ".join([*others, alternative])


def _alternatives(term: str) -> Iterator[str]:
    """Give the terms with one member less: of an OR in brackets, of an IN list."""
    if term.startswith("(") and term.endswith(")"):
        members = _split(term[1:-1], " OR ")
        for place in range(len(members)):
            yield "(" + " OR ".join(members[:place] + members[place + 1 :]) + ")"
    elif found := re.fullmatch(r"(.* IN) \((.*)\)", term):
        members = found[2].split(", ")
        for place in range(len(members)):
            yield f"{found[1]} ({', '.join(members[:place] + members[place + 1 :])})"


def _split(text: str, separator: str) -> list[str]:
    """Split at the separators outside brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(separator, place):
            parts.append(text[start:place])
            start = place + len(separator)
    return [*parts, text[start:]]
