"""A process that carries messages until it is killed, as a worker of a centre does."""

from datetime import datetime, timedelta

from sync.central.office.messages.identity import Content
from sync.central.office.messages.mail import Mail
from sync.central.office.messages.outbox import Claimed
from sync.central.office.messages.sending import Sender, send_waiting
from sync.central.office.messages.settings import MailSettings
from sync.central.store.database import open_database
from sync.central.store.storage import Storage
from sync.host.clock import local_now

SITE = "https://hailong.example.vn"


def no_code(_: Claimed) -> Content:
    raise AssertionError("no message of these tests has a code")


def sender_for(
    storage: Storage, mail: MailSettings, *, lease: timedelta, now: datetime | None = None
) -> Sender:
    """What sends e-mail to this server; now: at this moment, else the real time."""
    return Sender(
        storage=storage,
        carriers={"mail": Mail(mail)},
        now=(lambda: now) if now else local_now,
        site=SITE,
        office="UBND Phường Mẫu",
        code=no_code,
        lease=lease,
    )


def carry_on(url: str, mail: MailSettings, lease: timedelta) -> None:
    """Send what is due, again and again."""
    sender = sender_for(Storage(open_database(url)), mail, lease=lease)
    while True:
        send_waiting(sender)
