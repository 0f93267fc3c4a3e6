"""The open pages of this process and the rights they stand on: asked of the database for all of them at once."""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from unidossier.gate.async_door import ask_outside
from unidossier.gate.door import Query, RecordUnreadable
from unidossier.signin.still import Watched

EVERY_S = 1.5  # between two looks; a page must be blank 5 s after a change (ACD-7)
PATIENCE_S = 4.0  # with a database that does not answer
BEAT_S = 10.0  # a sign of life on a silent line: a browser that hears nothing for 15 s says so
AFTER_S = 0.05  # past the instant at which a fact ends, so that the clocks of two machines agree that it has
PER_SESSION = 4  # lines of one session; a browser opens six to one server, and pages need some of them
MOST = min(4000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
SURE, UNSURE, CHANGED = "sure", "unsure", "changed"
_LOOK = """SELECT clock_timestamp() AS at, (SELECT coalesce(jsonb_object_agg(w.subject, w.epoch), '{}')
    FROM gate.watch(%(subjects)s::uuid[]) w) AS epochs"""
_NEWS = "SELECT ticket FROM gate.news_of(%(tickets)s::text[]) AS ticket"
log = logging.getLogger(__name__)


class Line:
    """One page that listens: what it stands on, and the last that is known of it."""

    def __init__(self, watched: Sequence[Watched], *, tickets: Sequence[str] = ()) -> None:
        self.tickets = frozenset(tickets)  # of lists that tell their news (MY-15)
        self._sums = [one for page in watched for one in page.sums]
        self.subjects = frozenset[str]().union(*(subjects for subjects, _ in self._sums))
        self.lasts = min(page.lasts for page in watched)
        self.reader = watched[0].reader
        self.known = ""
        self.has_news = False
        self.news = asyncio.Event()

    def compare(self, epochs: dict[str, int]) -> None:
        """Take the epochs of now: the same sums, or the page is no longer what the gate permitted."""
        same = all(sum(epochs[one] for one in subjects) == before for subjects, before in self._sums)
        self.tell(SURE if same else CHANGED)

    def hear(self, news: Collection[str]) -> None:
        """Take the tickets that have news: told once, then the page asks anew with another ticket."""
        if self.tickets & set(news):
            self.tickets = frozenset()
            self.has_news = True
            self.news.set()

    def tell(self, word: str) -> None:
        """Note what is known now; a change is never taken back."""
        if self.known not in (word, CHANGED):
            self.known = word
            self.news.set()


class Watch:
    """Follows lines until their pages change, leave, or the process ends. One for each event loop."""

    def __init__(self) -> None:
        self._lines: set[Line] = set()
        self._rounds: asyncio.Task[None] | None = None
        self._ahead = timedelta(0)  # of the database's clock
        self._is_over = False

    def __len__(self) -> int:
        return len(self._lines)

    async def follow(self, watched: Sequence[Watched], *, tickets: Sequence[str] = ()) -> AsyncIterator[str]:
        """Yield the words of one line as server-sent events (HTML, 9.2): sure, unsure, news, and changed, which is the last.

        A line too many says what is so now, and ends: the page asks again after some seconds.
        """
        line = Line(watched, tickets=tickets)
        await self._look([line])
        stays = self._has_room(line)
        if stays:
            self._keep(line)
        try:
            async for word in self._words(line, stays=stays):
                yield word
        finally:
            self._lines.discard(line)

    def stop(self) -> None:
        """End every line: the process is told to stop."""
        self._is_over = True
        for line in self._lines:
            line.news.set()

    async def _words(self, line: Line, *, stays: bool) -> AsyncIterator[str]:
        said = ""
        while not self._is_over:
            if line.known != said:
                said = line.known
                yield f"event: {said}\ndata:\n\n"
            if line.has_news:
                line.has_news = False
                yield "event: news\ndata:\n\n"
            if said == CHANGED or not stays:
                return
            line.news.clear()
            left = self._left_s(line)
            try:
                await asyncio.wait_for(line.news.wait(), min(BEAT_S, left))
            except TimeoutError:
                if left <= BEAT_S:
                    line.tell(CHANGED)
                else:
                    yield ": still\n\n"

    def _left_s(self, line: Line) -> float:
        return max(0.0, (line.lasts - datetime.now(UTC) - self._ahead).total_seconds() + AFTER_S)

    def _has_room(self, line: Line) -> bool:
        own = Counter(one.reader for one in self._lines)[line.reader]
        return own < PER_SESSION and len(self._lines) < MOST

    def _keep(self, line: Line) -> None:
        self._lines.add(line)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._look_again_and_again())

    async def _look_again_and_again(self) -> None:
        await asyncio.sleep(EVERY_S)
        while self._lines and not self._is_over:
            await self._look(list(self._lines))
            await asyncio.sleep(EVERY_S)

    async def _look(self, lines: Collection[Line]) -> None:
        subjects = frozenset[str]().union(*(line.subjects for line in lines))
        try:
            async with asyncio.timeout(PATIENCE_S):
                (answer,) = await ask_outside(Query(_LOOK, {"subjects": list(subjects)}))
                await self._listen([line for line in lines if line.tickets])
        except (RecordUnreadable, TimeoutError):
            _tell_all(lines, UNSURE)
            return
        except Exception as error:  # noqa: BLE001  (who listens must learn that nobody looks)
            log.error("the look at the epochs failed: %s", type(error).__name__)
            _tell_all(lines, UNSURE)
            return
        self._take(answer, lines)

    async def _listen(self, lines: Collection[Line]) -> None:
        tickets = frozenset[str]().union(*(line.tickets for line in lines))
        if tickets:
            told = await ask_outside(Query(_NEWS, {"tickets": list(tickets)}))
            for line in lines:
                line.hear([one["ticket"] for one in told])

    def _take(self, answer: dict[str, Any], lines: Collection[Line]) -> None:
        self._ahead = answer["at"] - datetime.now(UTC)
        for line in lines:
            line.compare(answer["epochs"])


def _tell_all(lines: Collection[Line], word: str) -> None:
    for line in lines:
        line.tell(word)
