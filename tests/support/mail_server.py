"""A mail server that counts what it accepted, by Message-ID, and answers as a test wants it to."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sync.central.office.messages.settings import MailSettings
from tests.support.processes import free_port


class MailServer:
    """answers: to the next e-mails, instead of accepting them. seconds: how long it thinks about each.

    sender_answer: to every sender, instead of accepting it.
    """

    def __init__(self, port: int, seconds: float) -> None:
        self.port = port
        self.seconds = seconds
        self.answers: list[str] = []
        self.sender_answer = ""
        self.mails: list[EmailMessage] = []
        self.accepted = Counter[str]()
        self._changed = Condition()

    @property
    def settings(self) -> MailSettings:
        """How it is reached."""
        return MailSettings(
            host="127.0.0.1", port=self.port, sender="hailong@example.vn", security="none", timeout_seconds=10
        )

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a sender, or answer what the test wants."""
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept an e-mail, or answer what the test wants."""
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        with self._changed:
            self.mails.append(mail)
            self.accepted[mail["Message-ID"]] += 1
            self._changed.notify_all()
        await asyncio.sleep(self.seconds)
        return "250 OK"

    def wait_for(self, count: int) -> bool:
        """Wait until `count` were accepted; False after half a minute."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.mails) >= count, timeout=30)


@contextmanager
def mail_server(*, seconds: float = 0.0, **options: Any) -> Iterator[MailServer]:
    """A server for the `with`; options: of its protocol, such as a TLS context."""
    server = MailServer(free_port(), seconds)
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
