"""Settings that cannot be trusted stop the start with a plain sentence (security.md S26)."""

import ipaddress
import os
import re
from pathlib import Path

import pytest

from config import BadConfig, Config, from_environment
from environment import exposure

KEY = "only-for-tests-0123456789-abcdefghijklmnop"
US = 1000


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty data folder, and no setting but that."""
    for name in list(os.environ):
        if name.startswith("TRACKER_") or name == "PORT":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKER_DATA", str(tmp_path))
    return tmp_path


def test_secret_is_made_once_and_for_the_owner_alone(surroundings: Path) -> None:
    made = from_environment().secret_key
    assert len(made) >= 43
    assert (surroundings / "secret-key").stat().st_mode & 0o077 == 0
    assert from_environment().secret_key == made


@pytest.mark.parametrize("secret", ["", "secret", "change-me", "x" * 64, "abc" * 20])
def test_weak_secret_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", secret)
    with pytest.raises(BadConfig, match="too weak"):
        from_environment()


def test_secret_that_others_can_read_is_refused(surroundings: Path) -> None:
    from_environment()
    (surroundings / "secret-key").chmod(0o644)
    with pytest.raises(BadConfig, match="chmod 600"):
        from_environment()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_DATABASE_URL", "mysql://x"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "٣"),
        ("TRACKER_WORKERS", "65"),
        ("TRACKER_THREADS", "-1"),
        ("TRACKER_BASE_URL", "tracker.example"),
        ("TRACKER_BASE_URL", "https://"),
        ("TRACKER_BASE_URL", "https://tracker.example:eighty"),
        ("TRACKER_BASE_URL", "https://tracker.example:99999"),
        ("TRACKER_BASE_URL", "https://user:word@tracker.example"),
        ("TRACKER_BASE_URL", "https://tracker.example\\@evil.example"),
        ("TRACKER_BASE_URL", "http://[::1]:8000"),
        ("TRACKER_BASE_URL", "https://tracker.example/\nx"),
        ("TRACKER_BIND", "0.0.0.0"),
        ("TRACKER_BIND", ":8000"),
        ("TRACKER_BIND", "::1:8000"),
        ("TRACKER_BIND", "[127.0.0.1]:8000"),
        ("TRACKER_BIND", "999.0.0.1:8000"),
        ("TRACKER_BIND", "127.0.0.1:0"),
        ("TRACKER_BIND", "127.0.0.1:70000"),
        ("TRACKER_BIND", "127.0.0.1:8000,0.0.0.0:8000"),
        ("TRACKER_BIND", "fd://3"),
        ("TRACKER_BIND", "unix:web.sock"),
        ("TRACKER_TRUSTED_PROXIES", "*"),
        ("TRACKER_TRUSTED_PROXIES", "proxy.example"),
        ("TRACKER_TRUSTED_PROXIES", "10.0.0.5/8"),
        ("TRACKER_TRUSTED_PROXIES", "10.0.0.0/8, 0.0.0.0/0"),
        ("TRACKER_TRUSTED_PROXIES", "::/0"),
    ],
)
def test_nonsense_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadConfig, match=name):
        from_environment()


@pytest.mark.parametrize(
    ("given", "name", "address", "sender"),
    [
        ("tracker@market.example", "", "tracker@market.example", "tracker@market.example"),
        ("Issues <tracker@market.example>", "Issues", "tracker@market.example", "Issues <tracker@market.example>"),
        ("Störungen <t@market.example>", "Störungen", "t@market.example", "Störungen <t@market.example>"),
        ('"Us, Inc." <t@market.example>', "Us, Inc.", "t@market.example", '"Us, Inc." <t@market.example>'),
    ],
)
def test_the_sender_may_have_a_name(
    monkeypatch: pytest.MonkeyPatch, given: str, name: str, address: str, sender: str
) -> None:
    monkeypatch.setenv("TRACKER_SMTP", "smtp://127.0.0.1")
    monkeypatch.setenv("TRACKER_MAIL_FROM", given)
    config = from_environment()
    assert (config.mail_name, config.mail_from, config.sender) == (name, address, sender)


@pytest.mark.parametrize(
    "given",
    [
        *("", "tracker", "track er@market.example", "Us, Inc. <t@market.example>", "T <t@>"),
        *("tráckér@market.example", "Tracker <tracker@märket.example>"),
    ],
)
def test_a_sender_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("TRACKER_SMTP", "smtp://127.0.0.1")
    monkeypatch.setenv("TRACKER_MAIL_FROM", given)
    with pytest.raises(BadConfig, match="TRACKER_MAIL_FROM"):
        from_environment()


def test_the_scanner_is_a_program_and_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment().scanner == ()
    monkeypatch.setenv("TRACKER_SCAN_COMMAND", "clamdscan --fdpass '--config-file=/etc/a b.conf'")
    assert from_environment().scanner == ("clamdscan", "--fdpass", "--config-file=/etc/a b.conf")
    monkeypatch.setenv("TRACKER_SCAN_COMMAND", "clamdscan 'half")
    with pytest.raises(BadConfig, match="TRACKER_SCAN_COMMAND is no command"):
        from_environment()


@pytest.mark.parametrize("path", ["/tracker", "/tracker/", "/a/b", "?x=1", "/?x", "#top", "/tracker?x#top"])
def test_an_address_with_a_path_is_refused(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Pages, redirects, cookies and letters are all written for the root of a host."""
    monkeypatch.setenv("TRACKER_BASE_URL", f"https://tracker.example{path}")
    with pytest.raises(BadConfig, match="under no path"):
        from_environment()


@pytest.mark.parametrize(
    "given", ["https://tracker.example", "https://tracker.example/", "https://tracker.example:8443"]
)
def test_an_address_without_one_is_taken(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("TRACKER_BASE_URL", given)
    assert from_environment().base_url == given.rstrip("/")


def test_only_loopback_is_listened_on_unless_an_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment().bind == "127.0.0.1:8000"
    monkeypatch.setenv("TRACKER_TRUSTED_PROXIES", "10.0.0.0/8, unix")
    monkeypatch.setenv("PORT", "8080")
    assert from_environment().bind == "127.0.0.1:8080"
    for address in ("0.0.0.0:8000", "[::]:8000", "tracker-1.example:80", "unix:/run/tracker/web.sock"):
        monkeypatch.setenv("TRACKER_BIND", address)
        assert from_environment().bind == address


def test_nobody_is_trusted_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not from_environment().behind_a_proxy
    monkeypatch.setenv("TRACKER_TRUSTED_PROXIES", " 10.0.0.5, 10.1.0.0/16,fd00::/8 , unix")
    config = from_environment()
    assert [str(network) for network in config.trusted_proxies] == ["10.0.0.5/32", "10.1.0.0/16", "fd00::/8"]
    assert (config.trusts_unix, config.behind_a_proxy) == (True, True)
    monkeypatch.setenv("TRACKER_TRUSTED_PROXIES", "unix")
    assert from_environment().behind_a_proxy


@pytest.mark.parametrize("trusted", ["", "127.0.0.1", "10.0.0.0/8, ::1"])
def test_a_socket_over_which_nobody_has_an_address_is_refused(monkeypatch: pytest.MonkeyPatch, trusted: str) -> None:
    monkeypatch.setenv("TRACKER_BIND", "unix:/run/tracker/web.sock")
    monkeypatch.setenv("TRACKER_TRUSTED_PROXIES", trusted)
    with pytest.raises(BadConfig, match="TRACKER_TRUSTED_PROXIES=unix"):
        from_environment()
    monkeypatch.setenv("TRACKER_TRUSTED_PROXIES", f"{trusted}, unix")
    assert from_environment().trusts_unix


STRAY = ["{}\n", "{}\r\n", " {} ", "\ufeff{}", "\ufeff{}\r\n", "\n{}\n\n"]


@pytest.mark.parametrize("stray", STRAY)
def test_stray_line_ends_and_marks_are_no_part_of_a_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stray: str
) -> None:
    for name, text in (("TRACKER_BASE_URL", "https://tracker.example"), ("TRACKER_THREADS", "7")):
        monkeypatch.setenv(name, stray.format(text))
    monkeypatch.setenv("TRACKER_TRUSTED_PROXIES", stray.format("10.0.0.5"))
    key = written(tmp_path / "key", stray.format(KEY))
    monkeypatch.setenv("TRACKER_SECRET_FILE", stray.format(key))
    config = from_environment()
    assert (config.base_url, config.threads, config.secret_key) == ("https://tracker.example", 7, KEY)
    assert config.trusted_proxies == (ipaddress.ip_network("10.0.0.5"),)


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    """A file of ours that holds a secret."""
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


SECRETS = {
    "TRACKER_SECRET_FILE": ("secret_key", KEY),
    "TRACKER_SECRET_KEY_PREVIOUS_FILE": ("earlier_keys", (KEY,)),
    "TRACKER_DATABASE_URL_FILE": ("database_url", "postgresql+psycopg://tracker:word@db/tracker"),
    "TRACKER_METRICS_TOKEN_FILE": ("metrics_token", "a-token-of-the-operator"),
    "TRACKER_SMTP_PASSWORD_FILE": ("smtp", "smtps://tracker:a%20word@mail.example"),
}
CONTENT = {
    "TRACKER_DATABASE_URL_FILE": "postgresql://tracker:word@db/tracker",
    "TRACKER_METRICS_TOKEN_FILE": "a-token-of-the-operator",
    "TRACKER_SMTP_PASSWORD_FILE": "a word",
}


@pytest.fixture(params=SECRETS)
def named(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each setting that names a file with a secret, where mail goes out through a server that wants a password."""
    monkeypatch.setenv("TRACKER_SMTP", "smtps://tracker@mail.example")
    monkeypatch.setenv("TRACKER_MAIL_FROM", "tracker@market.example")
    return str(request.param)


def test_a_secret_comes_from_the_file_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str
) -> None:
    monkeypatch.setenv(named, str(written(tmp_path / "secret", CONTENT.get(named, KEY) + "\n")))
    field, value = SECRETS[named]
    assert getattr(from_environment(), field) == value


def test_nothing_is_made_at_a_path_that_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str) -> None:
    """A mistyped path must not become a new key, nor a random password."""
    for path in (tmp_path / "mistyped", tmp_path / "no-such-folder" / "key"):
        monkeypatch.setenv(named, str(path))
        with pytest.raises(BadConfig, match=f"{named} names .*no such file"):
            from_environment()
        assert not path.exists()


def test_not_even_our_own_default_is_made_when_it_is_named(monkeypatch: pytest.MonkeyPatch, surroundings: Path) -> None:
    monkeypatch.setenv("TRACKER_SECRET_FILE", str(surroundings / "secret-key"))
    with pytest.raises(BadConfig, match="no such file"):
        from_environment()
    assert list(surroundings.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", (KEY + "\n" + KEY).encode(), KEY.encode() * 2000])
def test_a_file_that_holds_no_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str, content: bytes
) -> None:
    path = written(tmp_path / "secret", "")
    path.write_bytes(content)
    for wrong in (path, tmp_path):
        monkeypatch.setenv(named, str(wrong))
        with pytest.raises(BadConfig, match=named):
            from_environment()


def test_a_secret_stands_in_one_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", "sqlite:////tmp/x")
    monkeypatch.setenv("TRACKER_DATABASE_URL_FILE", str(written(tmp_path / "url", "sqlite:////tmp/y")))
    with pytest.raises(BadConfig, match="Both TRACKER_DATABASE_URL and TRACKER_DATABASE_URL_FILE"):
        from_environment()


def test_what_is_secret_is_in_no_log() -> None:
    told = repr(Config(Path("/data"), "postgresql://u:pass-word@db/t", KEY, "http://localhost", 4, earlier_keys=(KEY,)))
    assert KEY not in told
    assert "pass-word" not in told


ROOT, OTHER = 0, 1001
EXPOSED = [
    (US, 0o600, True, ""),
    (US, 0o400, True, ""),
    (US, 0o440, True, ""),
    (US, 0o640, True, ""),
    (US, 0o660, True, "can change"),
    (US, 0o602, True, "can change"),
    (US, 0o604, True, "can read"),
    (US, 0o444, True, "can read"),
    (US, 0o444, False, "can read"),  # ours, so that we may make it writable again
    (ROOT, 0o440, False, ""),  # systemd's and Kubernetes' with a group
    (ROOT, 0o640, True, ""),
    (ROOT, 0o444, False, ""),  # Docker's
    (ROOT, 0o644, False, ""),  # Kubernetes' without a group
    (ROOT, 0o444, True, "can read"),  # in a folder that we can change: another file may be put there
    (ROOT, 0o644, True, "can read"),
    (ROOT, 0o666, False, "can change"),
    (ROOT, 0o446, False, "can change"),
    (ROOT, 0o464, False, "can change"),
    (OTHER, 0o600, False, "Another user"),
    (OTHER, 0o440, False, "Another user"),
    (OTHER, 0o444, False, "Another user"),
]


@pytest.mark.parametrize(("owner", "mode", "can_change", "reason"), EXPOSED)
def test_who_gets_at_a_secret(owner: int, mode: int, can_change: bool, reason: str) -> None:
    state = os.stat_result((0o100000 | mode, 1, 1, 1, owner, owner, 0, 0, 0, 0))
    told = exposure(state, can_change=can_change, me=US)
    assert (reason in told) if reason else told == ""


def test_others_read_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str) -> None:
    path = written(tmp_path / "secret", CONTENT.get(named, KEY), 0o604)
    monkeypatch.setenv(named, str(path))
    with pytest.raises(BadConfig, match=f"can read {path}, which {named} names. Run: chmod 600"):
        from_environment()


def test_every_setting_stands_in_readme() -> None:
    """And so does what README says to set."""
    root = Path(__file__).parents[1]
    read = set(re.findall(r'"(TRACKER_[A-Z_]+)"', (root / "config.py").read_text(encoding="utf-8")))
    written = set(re.findall(r"`(TRACKER_[A-Z_]+)`", (root / "README.md").read_text(encoding="utf-8")))
    assert read <= written
    assert {name.removesuffix("_FILE") for name in written - read} <= read
