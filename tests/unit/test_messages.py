"""Messages without a database: what they say, how they are signed, when they are tried again, settings."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from sync.central.duties.monday import said_on
from sync.central.duties.reminders import reminded_on
from sync.central.office.configuration.special_days import HEADINGS, read_special_days
from sync.central.office.messages.carriers import Parcel, RefusedError, UnreachableError, UnsureError
from sync.central.office.messages.feed import Entry, as_atom
from sync.central.office.messages.identity import Content, Key, Link, message_id
from sync.central.office.messages.mail import Mail
from sync.central.office.messages.plain_text import as_mail
from sync.central.office.messages.retries import State, after_refusal
from sync.central.office.messages.settings import (
    ADDRESS,
    MailSettings,
    WebhookSettings,
    load_settings,
    mail_password,
    webhook_secret,
)
from sync.central.office.messages.webhook import Webhook
from sync.central.office.remarks.calendar import Calendar
from sync.central.office.sheets.reader import read_sheet
from sync.contract.opening import Opening
from sync.contract.plan import report_days
from sync.contract.problem import ProblemError
from tests.support.mail_server import mail_server
from tests.support.plans import shipped_plans

ASSETS = Path(__file__).parents[2] / "assets"
NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
SITE = "https://hailong.example.vn"
SECRET = b"a secret of both sides, 24 bytes"
PARCEL = Parcel(
    id="0123456789abcdef",
    kind="monday",
    content=Content("Phường Mẫu, tuần 23–29/11/2026", ("Cả 4 máy đang gửi.",), (Link("Xem", "/don-vi/mau"),)),
    made=NOW,
    to="nguyen.mau@example.vn",
    site=SITE,
    office="UBND Phường Mẫu",
)
WEEK = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17)),)


def shipped(*years: int) -> Calendar:
    files = [ASSETS / "holidays" / f"{year}.csv" for year in years]
    days = [day for file in files for day in read_special_days(read_sheet(file, HEADINGS))]
    return Calendar(WEEK, tuple(days))


# --- days -------------------------------------------------------------------------------------------------


def test_of_what_is_due_on_sunday_20_9_2020_people_are_reminded_on_wednesday_16_9() -> None:
    assert date(2020, 9, 20).weekday() == 6
    assert reminded_on(date(2020, 9, 20), Calendar(WEEK)) == date(2020, 9, 16)


@pytest.mark.parametrize(
    ("due", "reminded"),
    [
        (date(2026, 2, 20), date(2026, 2, 11)),  # within Tết: its last working day is Friday 13/2
        (date(2026, 2, 23), date(2026, 2, 11)),  # the first day after Tết
        (date(2026, 9, 3), date(2026, 8, 26)),  # after the five days of the National Day
        (date(2026, 8, 25), date(2026, 8, 21)),  # Saturday 22/8 is worked
        (date(2027, 2, 15), date(2027, 2, 3)),  # Tết 2027, and Friday 12/2 is worked
        (date(2027, 1, 31), date(2027, 1, 27)),  # a report day 31, on a Sunday
        (date(2027, 2, 28), date(2027, 2, 24)),  # the same report day in February
        (date(2028, 2, 29), date(2028, 2, 24)),  # a leap day
    ],
)
def test_reminders_count_working_days_over_tet_holidays_and_months_ends(due: date, reminded: date) -> None:
    assert reminded_on(due, shipped(2026, 2027)) == reminded


def test_a_report_day_31_is_the_last_day_of_each_month() -> None:
    plan = replace(shipped_plans()["kien-hung-2020"], report_day=31, starts=None, ends=None)
    found = report_days(plan, date(2028, 1, 1), date(2028, 4, 30))
    assert found == (date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 4), date(2026, 11, 30)),
        (date(2026, 4, 27), date(2026, 4, 28)),  # Monday is a day off
        (date(2026, 2, 16), None),  # the whole week is Tết
        (date(2027, 2, 8), date(2027, 2, 12)),
    ],
)
def test_mondays_message_is_due_on_the_first_working_day_of_the_week(today: date, said: date | None) -> None:
    assert said_on(today, shipped(2026, 2027)) == said


def test_the_shipped_holidays_are_those_of_their_years_and_make_up_for_what_is_moved() -> None:
    for year in (2026, 2027):
        days = shipped(year).special_days
        assert {day.day.year for day in days} == {year}
        assert all(day.day.weekday() == 5 for day in days if day.hours)
    off = {day.day for day in shipped(2026).special_days if not day.hours}
    assert {date(2026, 2, day) for day in range(16, 21)} <= off  # Tết: Monday to Friday


# --- what is written --------------------------------------------------------------------------------------


def test_no_name_can_add_a_header_or_an_address() -> None:
    evil = "Mẫu\r\nBcc: nguoi.la@example.com\n\u202eX\x00\u2028Y"
    content = Content(evil, (evil, ".", "..đầu dòng"), (Link(evil, "/"),))
    mail = message_from_bytes(
        as_mail(replace(PARCEL, content=content, office=evil), "hailong@example.vn"), policy=policy.SMTP
    )
    assert [name for name, _ in mail.items()] == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    ]
    assert mail["Subject"] == "Mẫu Bcc: nguoi.la@example.com X Y"
    assert mail["To"].addresses[0].addr_spec == "nguyen.mau@example.vn"
    assert "Mẫu Bcc" in mail["From"].addresses[0].display_name


def test_a_message_sent_again_has_the_same_bytes() -> None:
    assert as_mail(PARCEL, "hailong@example.vn") == as_mail(PARCEL, "hailong@example.vn")
    key = Key(kind="monday", subject="mau", due=date(2026, 11, 30), recipient=7)
    assert message_id(key, SITE) == message_id(key, SITE)
    others = [replace(key, recipient=8), replace(key, subject="khac"), replace(key, kind="reminder")]
    assert (
        len({message_id(each, SITE) for each in (key, *others)} | {message_id(key, "https://khac.vn")}) == 5
    )


def test_a_line_of_a_single_full_stop_ends_no_e_mail() -> None:
    with mail_server() as server:
        content = Content("Thử", (".", "..hai chấm", "Hết."))
        Mail(server.settings).carry(replace(PARCEL, content=content), lambda: None)
        text = server.mails[0].get_content()
    assert [line for line in text.splitlines() if line.startswith("- ")] == ["- .", "- ..hai chấm", "- Hết."]


def test_the_feed_is_atom_whatever_it_says() -> None:
    entry = Entry("abc", Content("A < B & \x01 C", ("“x” ]]> <script>",), (Link("Xem", "/?a=1&b=2"),)), NOW)
    feed = ElementTree.fromstring(as_atom(SITE, "UBND & Mẫu", "7", [entry]))
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{atom}feed"
    for needed in ("id", "title", "updated", "author/{http://www.w3.org/2005/Atom}name"):
        assert feed.findtext(f"{atom}{needed}"), needed
    (found,) = feed.findall(f"{atom}entry")
    assert found.findtext(f"{atom}id") == "urn:hailong:message:abc"
    assert found.findtext(f"{atom}title") == "A < B & C"
    assert found.findtext(f"{atom}updated") == "2026-11-30T07:00:00Z"
    assert found.findtext(f"{atom}content") == "“x” ]]> <script>"
    link = found.find(f"{atom}link")
    assert link is not None
    assert link.get("href") == f"{SITE}/?a=1&b=2"
    assert ElementTree.fromstring(as_atom(SITE, "Mẫu", "7", [])).findtext(f"{atom}updated")


# --- e-mail -----------------------------------------------------------------------------------------------


def test_what_the_server_says_decides_whether_it_is_tried_again() -> None:
    with mail_server() as server:
        mail, handed = Mail(server.settings), []
        for answer, for_good in (("451 Later", False), ("554 No", True)):
            server.answers = [answer]
            with pytest.raises(RefusedError) as refused:
                mail.carry(PARCEL, lambda: handed.append(1))
            assert refused.value.for_good is for_good
        settings = server.settings
    with pytest.raises(UnreachableError):
        Mail(settings).carry(PARCEL, lambda: handed.append(1))
    assert len(handed) == 2  # nothing was handed over where nobody was


def test_a_sender_that_is_refused_is_no_fault_of_the_message() -> None:
    with mail_server() as server:
        server.sender_answer = "550 Sender refused"
        mail, handed = Mail(server.settings), []
        with pytest.raises(UnreachableError, match="550"):
            mail.carry(PARCEL, lambda: handed.append(1))
        server.sender_answer = ""
        mail.carry(PARCEL, lambda: handed.append(1))
        assert (len(handed), len(server.mails)) == (1, 1)


def test_nothing_is_delivered_of_an_e_mail_whose_end_was_not_sent() -> None:
    class StopError(Exception):
        pass

    def stop() -> None:
        raise StopError

    with mail_server() as server:
        with pytest.raises(StopError):
            Mail(server.settings).carry(PARCEL, stop)
        Mail(server.settings).carry(replace(PARCEL, id="second"), lambda: None)
        assert [mail["Message-ID"] for mail in server.mails] == ["<second@example.vn>"]


def test_no_answer_to_the_end_of_an_e_mail_is_unsure() -> None:
    with mail_server(seconds=5) as server, pytest.raises(UnsureError):
        Mail(replace(server.settings, timeout_seconds=0.3)).carry(PARCEL, lambda: None)
    assert len(server.mails) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody knows, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both = tmp_path_factory.mktemp("certificate") / "both.pem"
    both.write_bytes(private + made.public_bytes(pem))
    return both


def test_starttls_is_verified(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mail_server(tls_context=context, require_starttls=True) as server:
        trusted = replace(server.settings, host="localhost", security="starttls", ca=str(certificate))
        Mail(trusted).carry(PARCEL, lambda: None)
        for wrong in (replace(trusted, ca=""), replace(trusted, host="127.0.0.1")):
            with pytest.raises(UnreachableError, match="chứng thư"):
                Mail(wrong).carry(PARCEL, lambda: None)
        assert len(server.mails) == 1
    with mail_server() as plain, pytest.raises(UnreachableError, match="STARTTLS"):
        Mail(replace(trusted, port=plain.port)).carry(PARCEL, lambda: None)


@pytest.mark.parametrize(
    "address", ["a@b", "nguyen.van-mau+1@thu.example.vn", "o'hai@x-y.vn", f"{'a' * 64}@x.vn"]
)
def test_what_passes_as_an_address_can_be_written_into_an_e_mail(address: str) -> None:
    assert ADDRESS.fullmatch(address)
    mail = message_from_bytes(as_mail(replace(PARCEL, to=address), address), policy=policy.SMTP)
    assert mail["To"].addresses[0].addr_spec == address


@pytest.mark.parametrize(
    "address", ["nguyen..van@x.vn", ".a@x.vn", "a.@x.vn", "a@x..vn", "a@", "\ud800@x.vn"]
)
def test_an_e_mail_that_can_not_be_written_is_refused_for_good_and_alone(address: str) -> None:
    with mail_server() as server:
        mail, handed = Mail(server.settings), []
        with pytest.raises(RefusedError) as refused:
            mail.carry(replace(PARCEL, to=address), lambda: handed.append(1))
        assert (refused.value.for_good, handed) == (True, [])
        mail.carry(PARCEL, lambda: handed.append(1))
        assert len(server.mails) == 1


# --- the webhook ------------------------------------------------------------------------------------------


class Receiver:
    """A program that is called. answers: status codes, the last one again and again."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.answers = [204]


@contextmanager
def receiving() -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append((self.path, headers, body))
            status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver, f"http://127.0.0.1:{server.server_port}/hook?of=mau"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_receiver_can_verify_who_calls_and_that_nothing_was_changed() -> None:
    with receiving() as (receiver, address):
        Webhook(WebhookSettings(address=address), SECRET, lambda: NOW).carry(PARCEL, lambda: None)
    ((path, headers, body),) = receiver.calls
    # As a receiver of Standard Webhooks does it, without our code.
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert path == "/hook?of=mau"
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (PARCEL.id, str(int(NOW.timestamp())))
    said = json.loads(body)
    assert (said["type"], said["data"]["lines"]) == ("hailong.monday", ["Cả 4 máy đang gửi."])
    assert said["data"]["links"] == [{"title": "Xem", "address": f"{SITE}/don-vi/mau"}]


def test_a_redirection_is_not_followed_and_a_failure_is_tried_again() -> None:
    with receiving() as (receiver, address):
        webhook = Webhook(WebhookSettings(address=address), SECRET, lambda: NOW)
        for status, for_good in ((307, True), (410, True), (500, False), (404, False)):
            receiver.answers = [status]
            with pytest.raises(RefusedError) as refused:
                webhook.carry(PARCEL, lambda: None)
            assert refused.value.for_good is for_good, status
    assert [path for path, _, _ in receiver.calls] == ["/hook?of=mau"] * 4
    with pytest.raises(UnreachableError):
        webhook.carry(PARCEL, lambda: None)


def test_a_certificate_authority_that_is_not_there_is_said_of_the_program(tmp_path: Path) -> None:
    settings = WebhookSettings(address="https://localhost:1/", ca=str(tmp_path / "none.pem"))
    with pytest.raises(UnreachableError):
        Webhook(settings, SECRET, lambda: NOW).carry(PARCEL, lambda: None)


# --- retries and settings ---------------------------------------------------------------------------------


def test_pauses_grow_for_three_days_and_then_it_has_failed() -> None:
    pauses: list[timedelta] = []
    while (after := after_refusal(len(pauses) + 1, for_good=False)).state is State.WAITING:
        pauses.append(after.pause)
    assert pauses == sorted(pauses)
    assert timedelta(days=3) <= sum(pauses, timedelta()) <= timedelta(days=4)
    assert after_refusal(1, for_good=True).state is State.FAILED


def written(folder: Path, text: str) -> Path:
    (folder / "messages.toml").write_text(text, "utf-8")
    return folder


def test_without_settings_nothing_is_sent(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert (settings.mail, settings.webhook) == (None, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[mail]\nhost = "smtp.example.vn"\nsender = "không phải"\n', "HL1003"),
        ('[mail]\nhost = "smtp.example.vn"\nsender = "a@example.vn\\nBcc: b@example.vn"\n', "HL1003"),
        ('[mail]\nhost = "smtp.example.vn"\nsender = "a@example.vn"\nsecurity = "none"\n', "HL1003"),
        ('[mail]\nhost = "smtp.example.vn"\nsender = "a@example.vn"\nthua = 1\n', "HL1003"),
        ('[mail]\nhost = "a..b"\nsender = "a@example.vn"\n', "HL1003"),
        ('[mail]\nhost = ""\nsender = "a@example.vn"\n', "HL1003"),
        ('[mail]\nhost = "smtp.example.vn"\nsender = "a@example.vn"\nuser = "mẫu"\n', "HL1003"),
        ('[webhook]\naddress = "file:///etc/passwd"\n', "HL1003"),
        ('[webhook]\naddress = "https://example.vn:99999/"\n', "HL1003"),
        ('[webhook]\naddress = "https://example.vn:0/"\n', "HL1003"),
        ('[webhook]\naddress = "https://example.vn/báo"\n', "HL1003"),
        ('[webhook]\naddress = "https://example.vn/a b"\n', "HL1003"),
        ('[webhook]\naddress = "https://a..b/"\n', "HL1003"),
        ('[webhook]\naddress = "https://[::1/"\n', "HL1003"),
        ('[webhook]\naddress = "https://user:word@example.vn/"\n', "HL1003"),
        ('[webhook]\naddress = "http://example.vn/hook"\n', "HL4101"),
        ("[mail", "HL1002"),
    ],
)
def test_settings_that_can_not_be_meant_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ProblemError, match=problem):
        load_settings(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        '[mail]\nhost = "::1"\nsecurity = "none"\nsender = "a@example.vn"\n',
        '[mail]\nhost = "10.0.0.7"\nsender = "a@example.vn"\n',
        '[webhook]\naddress = "http://[::1]:8080/hook?of=mau"\n',
        '[webhook]\naddress = "https://bao-cao.example.vn/b%C3%A1o"\n',
    ],
)
def test_addresses_of_every_form_can_be_set(tmp_path: Path, text: str) -> None:
    settings = load_settings(written(tmp_path, text))
    assert settings.mail or settings.webhook


def test_secrets_come_from_a_credential_or_a_file(tmp_path: Path) -> None:
    mail = MailSettings(host="smtp.example.vn", sender="a@example.vn", user="a")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "hailong-smtp-password").write_text("from systemd\n")
    (tmp_path / "mine").write_text("from a file\n")
    systemd = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert mail_password(mail, tmp_path, systemd) == "from systemd"
    assert mail_password(replace(mail, password_file="mine"), tmp_path, systemd) == "from a file"
    assert mail_password(replace(mail, user=""), tmp_path, {}) == ""
    with pytest.raises(ProblemError, match="HL1001"):
        mail_password(mail, tmp_path, {})
    (tmp_path / "mine").write_text("mật khẩu")
    with pytest.raises(ProblemError, match="HL1003"):
        mail_password(replace(mail, password_file="mine"), tmp_path, {})
    hook = WebhookSettings(address="https://example.vn", secret_file="secret")
    (tmp_path / "secret").write_text("whsec_" + base64.b64encode(SECRET).decode())
    assert webhook_secret(hook, tmp_path, {}) == SECRET
    for wrong in ("ngắn", "whsec_%%%"):
        (tmp_path / "secret").write_text(wrong)
        with pytest.raises(ProblemError, match="HL1003"):
            webhook_secret(hook, tmp_path, {})
