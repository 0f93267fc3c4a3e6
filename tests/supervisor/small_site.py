"""A small installation under the real supervisor: tiny portals and API, the real database and front door.

`python -m tests.supervisor.small_site supervise|web|api`, with UNIDOSSIER_HOME and UNIDOSSIER_PORT.
"""

import json
import os
import sys
import urllib.error
import urllib.request

import psycopg

from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer
from unidossier.supervisor.child import Child
from unidossier.supervisor.serve import serve_api, serve_web, trust_the_front_door
from unidossier.supervisor.supervise import DidNotComeUp, Supervisor

HOME = Home.find()
RECEIVED = HOME.path / "received.txt"
PORT = int(os.environ["UNIDOSSIER_PORT"])


def portals(environ, start_response):
    """Tell what reached them; /healthz asks the database; /large answers without a length."""
    path = environ["PATH_INFO"]
    if path == "/healthz":
        try:
            psycopg.connect(EmbeddedServer(HOME).dsn(), connect_timeout=2).close()
        except psycopg.Error:
            start_response("503 Service Unavailable", [])
            return [b""]
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    if path == "/large":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return (b"x" * 100_000 for _ in range(30))
    if path == "/early":
        start_response("413 Content Too Large", [("Content-Length", "9")])
        return [b"too large"]
    if path == "/empty":
        start_response("304 Not Modified", [("ETag", '"1"')])
        return []
    if path == "/received":
        text = json.dumps({"received": RECEIVED.read_text() if RECEIVED.exists() else ""}).encode()
        start_response("200 OK", [("Content-Length", str(len(text)))])
        return [text]
    body = b"".join(iter(lambda: environ["wsgi.input"].read(65536), b""))  # as Django reads
    if environ["REQUEST_METHOD"] == "POST":
        with RECEIVED.open("a") as received:  # of all workers
            received.write(f"{len(body)} ")
    told = {
        "pid": os.getpid(),
        "path": path,
        "query": environ["QUERY_STRING"],
        "host": environ.get("HTTP_HOST"),
        "client": environ["REMOTE_ADDR"],
        "forwarded": environ.get("HTTP_X_FORWARDED_FOR"),
        "scheme": environ["wsgi.url_scheme"],
        "bytes": len(body),
        "sum": sum(body),
    }
    text = json.dumps(told).encode()
    cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    start_response("200 OK", [("Content-Length", str(len(text))), *cookies])
    return [text]


async def api(scope, receive, send):
    """Answer with the process number and the path."""
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    text = json.dumps({"api": os.getpid(), "path": scope["path"]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text})


def is_ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def supervise() -> None:
    server = EmbeddedServer(HOME)
    server.start()

    def show(part: str, line: str, *, ours: bool) -> None:
        print(f"{part} | {line}", flush=True)

    this = [sys.executable, "-m", "tests.supervisor.small_site"]
    third = [
        sys.executable,
        "-c",
        os.environ.get("THIRD", "import time; print('at work', flush=True); time.sleep(600)"),
    ]
    children = [
        Child(name="web", argv=[*this, "web"]),
        Child(name="api", argv=[*this, "api"]),
        Child(name="worker", argv=third),
    ]
    try:
        Supervisor(
            HOME,
            server=server,
            children=children,
            is_ready=is_ready,
            on_ready=lambda: print("READY", flush=True),
            show=show,
        ).run()
    except DidNotComeUp as error:
        print(f"DID NOT COME UP: {error}", flush=True)
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "web":
        serve_web(HOME, load=lambda: trust_the_front_door(portals))
    elif sys.argv[1] == "api":
        serve_api(HOME, port=PORT, load=lambda: api)
    else:
        supervise()
