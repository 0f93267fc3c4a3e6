"""T29: no notice leaves to an address that nobody meant."""

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.fhir.subscriptions.receiver import Receiver
from tests.fhir.subscriptions.tls import certificate
from unidossier.jobs.hook import HookFailed, may_reach, resolved, send_hook
from unidossier.notices.hook_address import NotAnAddress, normal_address, origin_of

NEVER = """169.254.169.254 169.254.0.1 224.0.0.1 0.0.0.0 255.255.255.255 240.0.0.1 fe80::1 ff02::1 :: 64:ff9b::a00:1 2002:a00:1::
    2001::1 ::ffff:169.254.169.254""".split()  # noqa: SIM905
INSIDE = "127.0.0.1 127.1.2.3 10.0.0.1 172.16.0.1 192.168.1.1 ::1 fd00::1 ::ffff:10.0.0.1".split()  # noqa: SIM905
PUBLIC = "8.8.8.8 193.191.1.1 2001:4860:4860::8888 ::ffff:8.8.8.8".split()  # noqa: SIM905
NO_ADDRESS = (
    *("", "x", "ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "//a.example/", "https://"),
    *(
        "https://u@a.example/",
        "https://u:p@a.example/",
        "https://a.example/#x",
        "https://a .example/",
        "javascript:alert(1)",
    ),
    *(
        "https://a.example\\@b.example/",
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://ä.example/",
        "https://a.example/\r\nX: y",
    ),
    *("https://[::1/", "https://a.example/" + "x" * 600),
)


@pytest.mark.parametrize("text", NEVER)
def test_never_even_inside(text: str) -> None:
    assert not may_reach(ipaddress.ip_address(text), private=False)
    assert not may_reach(ipaddress.ip_address(text), private=True)


@pytest.mark.parametrize("text", INSIDE)
def test_inside_only_where_it_is_meant(text: str) -> None:
    assert not may_reach(ipaddress.ip_address(text), private=False)
    assert may_reach(ipaddress.ip_address(text), private=True)


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert may_reach(ipaddress.ip_address(text), private=False)


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NotAnAddress):
        normal_address(text)


@pytest.mark.parametrize(
    "text",
    ["https://A.example", "https://a.example:443/", "https://a.example./x?y=1", "HTTPS://a.example/"],
)
def test_one_way_of_writing(text: str) -> None:
    assert origin_of(text) == "https://a.example"


def test_a_name_that_leads_to_two_places_is_refused_when_one_of_them_is_not_to_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The resolver is the outside here: a name with a public and a private address, then one that changes."""
    answers = [["8.8.8.8", "10.0.0.1"], ["127.0.0.1"]]

    def looked_up(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with pytest.raises(HookFailed, match="range"):
        resolved("a.example", port=443, private=False)
    assert resolved("a.example", port=443, private=True) == "127.0.0.1"


def test_the_line_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name resolves once: a second answer (DNS rebinding) is never asked for."""
    receiver, asked = Receiver(), []

    def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    port = receiver.origin.rpartition(":")[2]
    try:
        original = socket.getaddrinfo

        def first_only(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
            return (
                looked_up(host, port) if host == "rebound.example" else original(host, port, *more, **named)
            )

        monkeypatch.setattr(socket, "getaddrinfo", first_only)
        send_hook(f"http://rebound.example:{port}/x", body=b"{}", headers={}, timeout_s=2, private=True)
        assert asked == ["rebound.example"] and receiver.headers[0]["host"] == f"rebound.example:{port}"
        with pytest.raises(HookFailed, match="range"):
            send_hook(f"{receiver.origin}/x", body=b"{}", headers={}, timeout_s=2, private=False)
        assert len(receiver.told) == 1
    finally:
        receiver.close()


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver()
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    try:
        send_hook(f"{receiver.origin}/x", body=b"{}", headers={}, timeout_s=2, private=True)
        assert receiver.told == [{}]
    finally:
        receiver.close()


def test_over_tls_the_receiver_proves_the_name_that_was_allowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pem = certificate(tmp_path, name="hook.example")
    receiver = Receiver(pem)
    port = receiver.origin.rpartition(":")[2]

    def looked_up(_host: str, _port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", _port))]

    def send(name: str) -> None:
        send_hook(f"https://{name}:{port}/x", body=b"{}", headers={}, timeout_s=5, private=True)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    try:
        with pytest.raises(HookFailed, match="TLS"):
            send("hook.example")  # by nobody whom we trust
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        with pytest.raises(HookFailed, match="TLS"):
            send("other.example")
        assert receiver.told == []
        send("hook.example")
        assert receiver.told == [{}]
    finally:
        receiver.close()
