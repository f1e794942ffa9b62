"""E-mail by SMTP, over TLS that is verified.

The end of the e-mail, a line with a full stop, is sent by itself: until then the server delivers nothing, so
everything before it may be tried again.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from email.errors import MessageError
from typing import NoReturn

from sync.central.office.messages.carriers import (
    Parcel,
    RefusedError,
    UnreachableError,
    UnsureError,
)
from sync.central.office.messages.plain_text import as_mail
from sync.central.office.messages.settings import MailSettings

_STOP_AT_LINE_START = re.compile(rb"(?m)^\.")


class Mail:
    """The office's SMTP server. password: of `settings.user`; "" if there is none."""

    def __init__(self, settings: MailSettings, password: str = "") -> None:
        self._settings = settings
        self._password = password

    def carry(self, parcel: Parcel, hand_over: Callable[[], None]) -> None:
        """Deliver one e-mail; see `Carrier`."""
        try:
            data = _STOP_AT_LINE_START.sub(b"..", as_mail(parcel, self._settings.sender))
        except (MessageError, ValueError, LookupError) as error:
            # What the email package raises for what it can't write; the next try would be no better.
            raise RefusedError("không viết được thành thư", for_good=True) from error
        server = self._open()
        try:
            try:
                code, _ = server.mail(self._settings.sender)
                if code != 250:
                    # It is the sender that is refused, so every other e-mail would be as well.
                    raise UnreachableError(f"máy chủ thư không nhận địa chỉ gửi ({code})")
                _expect(server.rcpt(parcel.to), 250, 251)
                _expect(server.docmd("DATA"), 354)
                server.send(data)
            except (OSError, smtplib.SMTPServerDisconnected) as error:
                raise UnreachableError(_why(error)) from error
            hand_over()
            try:
                server.send(b".\r\n")
                reply = server.getreply()
            except (OSError, smtplib.SMTPException) as error:
                raise UnsureError("máy chủ thư không trả lời sau khi nhận hết thư") from error
            _expect(reply, 250)
        finally:
            # Without QUIT: closing can't be refused, and an e-mail that was not ended is dropped.
            server.close()

    def _open(self) -> smtplib.SMTP:
        """A connection over which e-mail may be sent; raises UnreachableError."""
        settings = self._settings
        domain = settings.sender.rpartition("@")[2]
        server: smtplib.SMTP | None = None
        try:
            if settings.security == "tls":
                server = smtplib.SMTP_SSL(
                    settings.host,
                    settings.port,
                    local_hostname=domain,
                    timeout=settings.timeout_seconds,
                    context=_context(settings),
                )
            else:
                server = smtplib.SMTP(
                    settings.host, settings.port, local_hostname=domain, timeout=settings.timeout_seconds
                )
            if settings.security == "starttls":
                server.starttls(context=_context(settings))
            server.ehlo_or_helo_if_needed()
            # Else the full stop would wait until the server's machine has confirmed what came before it.
            if server.sock is not None:
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if settings.user:
                server.login(settings.user, self._password)
        except (OSError, smtplib.SMTPException) as error:
            if server is not None:
                server.close()
            raise UnreachableError(_why(error)) from error
        return server


def _context(settings: MailSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca or None)


def _expect(reply: tuple[int, bytes], *good: int) -> None:
    """Raise RefusedError unless the server agreed; its text is left out, because it may quote an address."""
    code = reply[0]
    if code not in good:
        _refuse(code)


def _refuse(code: int) -> NoReturn:
    raise RefusedError(f"máy chủ thư trả lời {code}", for_good=500 <= code < 600)


def _why(error: Exception) -> str:
    """What a person who looks after the server needs to know."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"máy chủ thư không nhận tài khoản gửi ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"máy chủ thư trả lời {error.smtp_code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "máy chủ thư không có STARTTLS hoặc cách đăng nhập này"
    if isinstance(error, ssl.SSLError):
        return "chứng thư của máy chủ thư không đúng"
    if isinstance(error, TimeoutError):
        return "máy chủ thư không trả lời kịp"
    return "không nối được với máy chủ thư"
