"""POST /still: the tokens of a page and the tickets of its lists, one a line; answered by server-sent events until the page must be asked for anew."""

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from unidossier.exchange.still.watch import Watch
from unidossier.signin.news import MARK, open_ticket
from unidossier.signin.still import TokenRefused, Watched, read_token

PATH = "/still"
MOST_BYTES = 64 * 1024  # an agenda of 500 patients takes 11 kB
MOST_TICKETS = 4
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no", "x-content-type-options": "nosniff"}


class _TooLarge(Exception):
    """More than a page of ours would send."""


def make_application(watch: Watch) -> Starlette:
    """Return the ASGI application over one watch."""

    async def still(request: Request) -> Response:
        try:
            pages, tickets = await _pages(request)
        except _TooLarge:
            return _told(413, "This is more than a page sends.\n")
        except (TokenRefused, ClientDisconnect):
            return _told(403, "These tokens are not valid, or no longer. Load the page again.\n")
        return StreamingResponse(
            watch.follow(pages, tickets=tickets), media_type="text/event-stream", headers=HEADERS
        )

    return Starlette(routes=[Route(PATH, still, methods=["POST"])])


async def _pages(request: Request) -> tuple[list[Watched], list[str]]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise _TooLarge
    try:
        tokens = body.decode("ascii").split()
    except UnicodeDecodeError as error:
        raise TokenRefused from error
    pages = [read_token(token) for token in tokens if not token.startswith(MARK)]
    if not pages:
        raise TokenRefused
    return pages, [open_ticket(token) for token in tokens if token.startswith(MARK)][:MOST_TICKETS]


def _told(status: int, text: str) -> Response:
    return Response(text, status_code=status, headers=HEADERS, media_type="text/plain")


watch = Watch()
application = make_application(watch)
