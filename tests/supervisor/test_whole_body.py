"""What is held of bodies, how long, and what is let go."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from unidossier.supervisor import whole_body
from unidossier.supervisor.upstream import ClientLeft
from unidossier.supervisor.whole_body import Bodies, BodyRefused

KB = 1024


def coming(parts: Iterable[bytes], *, then: str = "http.request", every_s: float = 0.0) -> Any:
    """A receive of ASGI that gives these parts, then the end or a disconnect."""
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(every_s)
        if not waiting:
            return {"type": then}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    return receive


def held(bodies: Bodies, receive: Any, *, announced: int | None = None) -> bytes:
    async def whole() -> bytes:
        async with bodies.whole(receive, announced=announced) as parts:
            return b"".join(parts)

    return asyncio.run(whole())


def test_a_body_is_whole_and_let_go() -> None:
    bodies = Bodies()
    assert held(bodies, coming([b"a" * 100 * KB] * 3)) == b"a" * 300 * KB
    assert bodies._held == 0


def test_a_client_that_leaves_is_no_body() -> None:
    bodies = Bodies()
    with pytest.raises(ClientLeft):
        held(bodies, coming([b"a" * 100 * KB], then="http.disconnect"))
    assert bodies._held == 0


@pytest.mark.parametrize("announced", [None, 30 * KB * KB])
def test_what_is_too_large_is_refused(announced: int | None) -> None:
    with pytest.raises(BodyRefused) as refused:
        held(Bodies(), coming([b"a" * KB * KB] * 40), announced=announced)
    assert refused.value.status == 413


def test_what_comes_too_slowly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_body, "GRACE_S", 0.1)
    with pytest.raises(BodyRefused) as refused:
        held(Bodies(), coming([b"a"] * 100, every_s=0.05))
    assert refused.value.status == 408
    assert held(Bodies(), coming([b"a" * 10 * KB] * 4, every_s=0.05)) == b"a" * 40 * KB


def test_too_much_at_once_is_refused_and_what_is_small_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_body, "TOGETHER", 200 * KB)
    bodies = Bodies()

    async def beside() -> None:
        async with bodies.whole(coming([b"a" * 150 * KB]), announced=None):
            async with bodies.whole(coming([b"a" * 60 * KB]), announced=None) as small:
                assert len(b"".join(small)) == 60 * KB
            with pytest.raises(BodyRefused) as refused:
                async with bodies.whole(coming([b"a" * 150 * KB]), announced=None):
                    pass
            assert refused.value.status == 503
        async with bodies.whole(coming([b"a" * 150 * KB]), announced=None):
            pass

    asyncio.run(beside())
    assert bodies._held == 0
