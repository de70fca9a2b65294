"""Settings that cannot be trusted stop the start with a plain sentence (security.md S26)."""

from pathlib import Path

import pytest

from config import BadConfig, from_environment


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty data folder, and no setting but that."""
    for name in ("TRACKER_SECRET_KEY", "TRACKER_SECRET_FILE", "TRACKER_DATABASE_URL", "TRACKER_BASE_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
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
    [("TRACKER_DATABASE_URL", "mysql://x"), ("TRACKER_BASE_URL", "tracker.example"), ("PORT", "eighty"), ("PORT", "0")],
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
