"""Make a proof bundle of entries and the log's files. The reader's side is bundle.py; the law of both is docs/log-format.md."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from unidossier.log.proof.bundle import FORMAT
from unidossier.log.proof.files import State, keys_of, states, witnesses_of
from unidossier.log.tree.merkle import Node, consistency_proof, inclusion_proof
from unidossier.log.tree.tiles import Tiles


@dataclass(frozen=True, kw_only=True)
class Placed:
    """An entry for a bundle: its number, its place (None: not in the tree yet), and what this reader may open of it.

    text, salt and fields as entry.py reads them; of one that is `gone` (bundle.GONE) the hash of its leaf alone.
    """

    number: str
    year: int | None = None
    position: int | None = None
    leaf: bytes = b""
    text: str = ""
    salt: bytes = b""
    fields: Mapping[str, Any] = field(default_factory=dict)
    gone: str = ""


def make_bundle(placed: Iterable[Placed], *, folder: Path, made_at: datetime) -> bytes:
    """Return a bundle as bytes: per year, what the newest witnessed checkpoint covers, then what only the newest signed one does.

    `folder`: the log's folder (home.log_folder). Raises files.LogFilesUnreadable, tiles.TileUnreadable.
    """
    waiting: list[str] = []
    years: dict[int, list[Placed]] = {}
    for one in placed:
        if one.year is None or one.position is None:
            waiting.append(one.number)
        else:
            years.setdefault(one.year, []).append(one)
    logs = []
    for year in sorted(years):
        made, late = _year(sorted(years[year], key=_position), folder=folder, year=year)
        logs += made
        waiting += late
    told = {
        "format": FORMAT,
        "made_at": made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "logs": logs,
        "waiting": sorted(waiting),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _year(placed: Sequence[Placed], *, folder: Path, year: int) -> tuple[list[dict[str, Any]], list[str]]:
    tiles, before = Tiles(folder / str(year)), 0
    made: list[dict[str, Any]] = []
    for state in states(folder / str(year)):
        size = state.checkpoint.size
        covered = [one for one in placed if before <= _position(one) < size]
        if covered:
            section = _section(covered, state=state, tiles=tiles, folder=folder)
            if made:
                section["extends"] = _base64(consistency_proof(tiles.nodes(size), old=before, new=size))
            made.append(section)
            before = size
    return made, [one.number for one in placed if _position(one) >= before]


def _section(covered: Sequence[Placed], *, state: State, tiles: Tiles, folder: Path) -> dict[str, Any]:
    node = cache(tiles.nodes(state.checkpoint.size))  # neighbours share most of their paths
    return {
        "checkpoint": state.note,
        "keys": keys_of(folder),
        "witnesses": witnesses_of(folder),
        "entries": [_entry(one, node=node, size=state.checkpoint.size) for one in covered],
    }


def _entry(one: Placed, *, node: Node, size: int) -> dict[str, Any]:
    position = _position(one)
    proof = _base64(inclusion_proof(node, position=position, size=size))
    if one.gone:
        return {"position": position, "proof": proof, "leaf": one.leaf.hex(), "gone": one.gone}
    return {
        "position": position,
        "proof": proof,
        "entry": one.text,
        "salt": one.salt.hex(),
        "fields": dict(one.fields),
    }


def _position(one: Placed) -> int:
    return one.position or 0


def _base64(path: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in path]
