"""messages.toml in the data folder: how the office's mail server and program are reached.

Secrets are files of their own, which systemd hands over as credentials (`LoadCredential=`).
"""

import base64
import binascii
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from sync.contract.address import LOOPBACK, check_encrypted
from sync.contract.files import read_text, read_toml
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID

FILE = "messages.toml"
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_HOST}", re.ASCII)
"""An e-mail address of two dot-atoms (RFC 5322, 3.2.3): none of its characters means anything to a mail
server but what it says, and no full stop begins, ends or follows another."""
_MAIL_CREDENTIAL, _WEBHOOK_CREDENTIAL = "hailong-smtp-password", "hailong-webhook-secret"
_NOT_ASCII = "có chữ có dấu, là điều máy chủ thư không nhận"
_SHORTEST_SECRET = 24  # bytes, as Standard Webhooks asks for
Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=60)]


class MailSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The mail server.

    host, port: where it is
    sender: the address that e-mail comes from
    security: "starttls", "tls" from the first byte, or "none", for a server on this machine only
    user: whom it knows the centre as; empty: it asks for no password
    password_file: with the password of `user`; empty: the credential hailong-smtp-password
    ca: a PEM file with the only certificate authority to trust; empty: those of the system
    timeout_seconds: how long to wait for each answer
    """

    host: str
    sender: str
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    ca: str = ""
    timeout_seconds: Seconds = 20.0


class WebhookSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program of the office that gets what is said about the whole centre.

    address: where it is called, https:// unless it is on this machine
    secret_file: with the secret that it checks signatures with; empty: the credential hailong-webhook-secret
    ca: as for the mail server
    timeout_seconds: how long to wait for its answer
    """

    address: str
    secret_file: str = ""
    ca: str = ""
    timeout_seconds: Seconds = 20.0


class MessageSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of messages.

    sent_by: "server", the serving process; "timer", only `hailong-central tick`, so that the serving process
        needs no connection to other machines
    mail: the mail server; none: no e-mail is sent
    webhook: the program; none: none is called
    """

    sent_by: Literal["server", "timer"] = "server"
    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None


def load_settings(data: Path) -> MessageSettings:
    """The settings in the data folder; without a file, those that send nothing.

    Raises ProblemError HL1001 … HL1003, or HL4101 for a program elsewhere that is not called by https.
    """
    path = data / FILE
    if not path.exists():
        return MessageSettings()
    settings = read_toml(path, MessageSettings)
    if settings.mail is not None:
        _check_mail(settings.mail, f"{path}: mail")
    if settings.webhook is not None:
        where = f"{path}: webhook.address"
        if not _is_web_address(settings.webhook.address):
            raise ProblemError(ENTRY_INVALID(where=where, detail="không phải địa chỉ http(s)"))
        check_encrypted(settings.webhook.address, where, plain_http=False)
    return settings


def _check_mail(mail: MailSettings, where: str) -> None:
    if not _is_host(mail.host):
        raise ProblemError(ENTRY_INVALID(where=f"{where}.host", detail="không có dạng của một tên máy"))
    if not ADDRESS.fullmatch(mail.sender):
        raise ProblemError(ENTRY_INVALID(where=f"{where}.sender", detail="không phải địa chỉ thư"))
    if mail.security == "none" and mail.host not in LOOPBACK:
        detail = "chỉ dùng được với máy chủ thư ngay trên máy này"
        raise ProblemError(ENTRY_INVALID(where=f"{where}.security", detail=detail))
    if not mail.user.isascii():
        raise ProblemError(ENTRY_INVALID(where=f"{where}.user", detail=_NOT_ASCII))


def _is_host(text: str) -> bool:
    """Whether it is a name of dot-separated labels, or an address in numbers: else it can't be looked up."""
    if re.fullmatch(_HOST, text, re.ASCII):
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_web_address(text: str) -> bool:
    """Whether it can be called: http(s), a host, perhaps a port, and what the path says in printed ASCII."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return (
        re.fullmatch(r"[!-~]+", text) is not None
        and parts.scheme in ("http", "https")
        and parts.username is None
        and _is_host(parts.hostname or "")
        and port != 0
    )


def mail_password(settings: MailSettings, data: Path, environment: Mapping[str, str]) -> str:
    """The password of the mail server's user, "" if it has none; raises ProblemError HL1001, HL1003, HL1010.

    It is ASCII: nothing else is sent by the ways of signing in that mail servers have in common.
    """
    if not settings.user:
        return ""
    password = _secret(settings.password_file, _MAIL_CREDENTIAL, data, environment)
    if not password.isascii():
        where = settings.password_file or _MAIL_CREDENTIAL
        raise ProblemError(ENTRY_INVALID(where=where, detail=_NOT_ASCII))
    return password


def webhook_secret(settings: WebhookSettings, data: Path, environment: Mapping[str, str]) -> bytes:
    """The secret of the program; raises ProblemError HL1001, HL1010, or HL1003 if it is too short.

    It is "whsec_" and base64, as Standard Webhooks writes it, or a text that is taken as it is.
    """
    text = _secret(settings.secret_file, _WEBHOOK_CREDENTIAL, data, environment)
    where = settings.secret_file or _WEBHOOK_CREDENTIAL
    try:
        prefix, _, coded = text.partition("_")
        secret = base64.b64decode(coded, validate=True) if prefix == "whsec" else text.encode()
    except binascii.Error as error:
        raise ProblemError(ENTRY_INVALID(where=where, detail="không phải whsec_ và base64")) from error
    if len(secret) < _SHORTEST_SECRET:
        raise ProblemError(ENTRY_INVALID(where=where, detail="ngắn hơn 24 byte"))
    return secret


def _secret(file: str, credential: str, data: Path, environment: Mapping[str, str]) -> str:
    """The text of `file`, or of the credential; without systemd, of a file of its name in the data folder."""
    folder = data if file else Path(environment.get("CREDENTIALS_DIRECTORY", data))
    return read_text(folder / (file or credential)).strip()
