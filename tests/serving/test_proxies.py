"""Whose word is taken: a trusted proxy's about its client, and never a client's about itself (decision 23)."""

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Request, Response

from config import Config
from tests.conftest import SECRET
from tests.serving.lines import LONGEST
from tests.serving.running import Server, asked, running
from tracker.serving.proxies import TrustedProxies

CLIENT, VICTIM, STRANGER = "203.0.113.7", "198.51.100.1", "192.0.2.66"
PROXY, SECOND = "10.0.0.5", "10.0.0.6"


class Seen(tuple[str, str, str]):
    """What the product sees of a client: address, scheme, host."""


def seen(peer: str, headers: list[tuple[str, str]], *trusted: str) -> Seen:
    """What it sees of a request that comes from this peer with these headers."""

    @Request.application
    def product(request: Request) -> Response:
        told = [name for name in request.environ if name.startswith(("HTTP_FORWARDED", "HTTP_X_REAL"))]
        assert told == []
        return Response("\t".join((request.remote_addr or "", request.scheme, request.host)))

    networks = tuple(ipaddress.ip_network(one) for one in trusted if one != "unix")
    config = Config(
        Path(), "sqlite://", SECRET, "http://tracker", 4, trusted_proxies=networks, trusts_unix="unix" in trusted
    )
    builder = EnvironBuilder(base_url="http://tracker.example", headers=headers, environ_base={"REMOTE_ADDR": peer})
    body, _, _ = run_wsgi_app(TrustedProxies(product, config), builder.get_environ())
    return Seen(b"".join(body).decode().split("\t"))


def honest(address: str) -> Seen:
    """What is seen where nobody's word is taken."""
    return Seen((address, "http", "tracker.example"))


LIES = [
    [("X-Forwarded-For", VICTIM)],
    [("X-Forwarded-For", f"{VICTIM}, {PROXY}")],
    [("X-Forwarded-For", VICTIM), ("X-Forwarded-For", PROXY)],
    [("X-Forwarded-For", "127.0.0.1")],
    [("X-Forwarded-For", "::1")],
    [("x-forwarded-for", VICTIM)],
    [("X-Forwarded-Proto", "https")],
    [("X-Forwarded-Host", "evil.example")],
    [("X-Forwarded-Port", "443")],
    [("X-Forwarded-Prefix", "/evil")],
    [("X-Forwarded-Ssl", "on"), ("X-Forwarded-Protocol", "ssl")],
    [("X-Forwarded", f"for={VICTIM}")],
    [("Forwarded", f"for={VICTIM};proto=https;host=evil.example")],
    [("Forwarded", f"for={VICTIM}"), ("Forwarded", f"for={PROXY}")],
    [("X-Real-IP", VICTIM)],
    [("X-Real-IP", VICTIM), ("X-Forwarded-For", VICTIM), ("X-Forwarded-Proto", "https")],
    [("X-Client-IP", VICTIM), ("True-Client-IP", VICTIM), ("CF-Connecting-IP", VICTIM)],
    [("Client-IP", VICTIM), ("X-Cluster-Client-IP", VICTIM), ("Fastly-Client-IP", VICTIM)],
    [("X-Original-Host", "evil.example"), ("X-Host", "evil.example"), ("X-Forwarded-Server", "evil.example")],
    [("X-Original-URL", "/evil"), ("X-Rewrite-URL", "/evil"), ("Script-Name", "/evil")],
    [("Via", f"1.1 {PROXY}"), ("X-ProxyUser-Ip", VICTIM), ("X-Remote-Addr", VICTIM), ("Remote-Addr", VICTIM)],
    [("Front-End-Https", "on"), ("X-Url-Scheme", "https"), ("X-Scheme", "https")],
]
"""What a client may say of itself."""


@pytest.mark.parametrize("headers", LIES, ids=str)
@pytest.mark.parametrize("trusted", [(), ("10.0.0.0/24",), ("unix",), ("fd00::/8",)], ids=str)
def test_a_client_is_not_believed(headers: list[tuple[str, str]], trusted: tuple[str, ...]) -> None:
    for peer in (CLIENT, "127.0.0.1", "2001:db8::7", "10.0.1.5"):
        assert seen(peer, headers, *trusted) == honest(peer)


@pytest.mark.parametrize("headers", LIES, ids=str)
def test_over_a_unix_socket_nobody_is_believed_unless_it_is_trusted(headers: list[tuple[str, str]]) -> None:
    assert seen("", headers, "10.0.0.0/24", "0.0.0.0/1") == honest("")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (CLIENT, CLIENT),
        (f"{VICTIM}, {CLIENT}", CLIENT),  # a proxy that appends: what stands before was the client's
        (f"{VICTIM},{VICTIM} ,{CLIENT} ", CLIENT),
        (f"{VICTIM}, {SECOND}", SECOND),  # another hop: what it was told is not ours to judge
        ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        ("", PROXY),
        (f"{VICTIM},", PROXY),
        ("unknown", PROXY),
        ("_hidden", PROXY),
        (f"{CLIENT}:4711", PROXY),
        ("[2001:db8::7]:4711", PROXY),
        (f'"{CLIENT}"', PROXY),
        (f'"{VICTIM}, {CLIENT}', CLIENT),
        (f"{CLIENT} {VICTIM}", PROXY),
        ("203.0.113.007", PROXY),
        ("0xcb007107", PROXY),
        ("3405803783", PROXY),
        ("203.0.113", PROXY),
        ("203.0.113.7/24", PROXY),
        ("localhost", PROXY),
        ("unix:", PROXY),
        ("1" * 4000, PROXY),
        ("٢٠٣.0.113.7".encode().decode("latin-1"), PROXY),
    ],
)
def test_of_what_a_trusted_proxy_says_the_last_address_counts(said: str, address: str) -> None:
    assert seen(PROXY, [("X-Forwarded-For", said)], "10.0.0.0/24") == honest(address)


def test_a_repeated_header_is_one_list() -> None:
    twice = [("X-Forwarded-For", VICTIM), ("X-Forwarded-For", CLIENT), ("X-Forwarded-Proto", "http")]
    assert seen(PROXY, [*twice, ("X-Forwarded-Proto", "https")], PROXY) == (CLIENT, "https", "tracker.example")


@pytest.mark.parametrize(
    ("said", "scheme"),
    [
        ("https", "https"),
        ("HTTPS", "https"),
        ("http", "http"),
        ("http,https", "https"),
        ("https, http", "http"),
        ("ftp", "http"),
        ("https;x", "http"),
        ("", "http"),
        ("javascript", "http"),
    ],
)
def test_a_trusted_proxy_says_how_it_is_spoken_to(said: str, scheme: str) -> None:
    assert seen(PROXY, [("X-Forwarded-Proto", said)], PROXY)[1] == scheme


def test_a_trusted_proxy_says_which_host_was_asked_for() -> None:
    assert seen(PROXY, [("X-Forwarded-Host", "evil.example, tracker.market")], PROXY)[2] == "tracker.market"
    assert seen(PROXY, [("X-Forwarded-Port", "8443"), ("X-Forwarded-Prefix", "/x")], PROXY) == honest(PROXY)


@pytest.mark.parametrize(
    ("peer", "trusted", "believed"),
    [
        (PROXY, (PROXY,), True),
        (PROXY, ("10.0.0.0/24", "fd00::/8"), True),
        (f"::ffff:{PROXY}", ("10.0.0.0/24",), True),  # where we listen on IPv6 for both
        ("fd00::5", ("10.0.0.0/24", "fd00::/8"), True),
        ("fe80::5%eth0", ("fe80::/10",), True),
        ("", ("unix",), True),
        ("", ("127.0.0.0/8",), False),
        ("127.0.0.1", ("unix",), False),
        ("10.0.1.5", ("10.0.0.0/24",), False),
        ("::ffff:10.0.1.5", ("10.0.0.0/24",), False),
        ("::10.0.0.5", ("10.0.0.0/24",), False),
        ("fd00::5", ("10.0.0.0/24",), False),
        (STRANGER, (PROXY,), False),
        ("nonsense", ("10.0.0.0/24", "unix"), False),
    ],
)
def test_who_is_a_trusted_proxy(peer: str, trusted: tuple[str, ...], believed: bool) -> None:
    assert (seen(peer, [("X-Forwarded-For", CLIENT)], *trusted)[0] == CLIENT) is believed


@pytest.fixture(scope="module")
def trusting(data: Path) -> Iterator[Server]:
    """The product behind a proxy on this machine."""
    with running(data, TRACKER_TRUSTED_PROXIES="127.0.0.0/8", TRACKER_BASE_URL="https://tracker.example") as server:
        yield server


def said(server: Server, *lines: str) -> str:
    """The first line of the answer to a request of these lines."""
    with server.raw() as client:
        client.sendall("\r\n".join(["GET /sign-in HTTP/1.1", *lines, "Connection: close", "", ""]).encode("latin-1"))
        return client.makefile("rb").readline().decode().strip()


OURS = "Host: tracker.example"


@pytest.mark.parametrize(
    "line",
    [
        f"X_Forwarded_For: {VICTIM}",
        f"X-Forwarded_For: {VICTIM}",
        "X_FORWARDED_PROTO: https",
        "SCRIPT_NAME: /evil",
        "PATH_INFO: /evil",
        "REMOTE_ADDR: 127.0.0.1",
        f"X-Forwarded-For : {VICTIM}",
        f"X-Forwarded-For: {CLIENT}\r\n\t{VICTIM}",
        f"X-Forwarded-For: {CLIENT}\n{VICTIM}",
        "X-Forwarded-For\0: x",
        "Host: evil.example",
    ],
)
def test_what_is_not_a_header_like_others_is_refused(trusting: Server, line: str) -> None:
    """Gunicorn would let the proxy's own address send some of these (`forwarder_headers`)."""
    assert said(trusting, OURS) == "HTTP/1.1 200 OK"
    assert said(trusting, OURS, line).startswith("HTTP/1.1 400")


def test_a_host_is_ours_or_refused_whoever_says_it(trusting: Server) -> None:
    assert said(trusting, "Host: evil.example").startswith("HTTP/1.1 400")
    assert said(trusting, OURS, "X-Forwarded-Host: evil.example").startswith("HTTP/1.1 400")
    assert said(trusting, "Host: 127.0.0.1", "X-Forwarded-Host: tracker.example") == "HTTP/1.1 200 OK"


def test_gunicorn_believes_nobody_by_itself(data: Path) -> None:
    """Its own list of trusted addresses, which the environment sets too, opens no second door."""
    with running(data, FORWARDED_ALLOW_IPS="*") as server:
        answer = server.get("/guide/nothing", X_Forwarded_Proto="https", X_Forwarded_Ssl="on")
        assert answer.status == 404
        assert said(server, "Host: localhost", "SCRIPT_NAME: /evil").startswith("HTTP/1.1 400")


def test_over_a_unix_socket_the_proxy_is_believed(data: Path) -> None:
    path = data / "web.sock"
    with (
        running(
            data,
            TRACKER_BIND=f"unix:{path}",
            TRACKER_BASE_URL="https://tracker.example",
            TRACKER_TRUSTED_PROXIES="unix",
        ),
        socket.socket(socket.AF_UNIX) as client,
    ):
        assert path.stat().st_mode & 0o777 == 0o660
        client.settimeout(LONGEST)
        client.connect(str(path))
        client.sendall(b"GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: tracker.example\r\n\r\n")
        assert client.recv(15) == b"HTTP/1.1 200 OK"


def test_the_answer_is_read_on_a_connection_that_stays(trusting: Server) -> None:
    connection = trusting.connect()
    for _ in range(3):
        assert asked(connection, "/healthz").status == 200
    connection.close()
