"""A message as an e-mail: plain text, so that it is read on every machine. Pure.

Promises (each has a test of this name):
- no name can add a header or an address: control characters are gone from everything that goes into one;
- a message sent again has the same bytes, and so the same Message-ID.
"""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sync.central.office.messages.carriers import Parcel

_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


def as_mail(parcel: Parcel, sender: str) -> bytes:
    """The e-mail as it is sent. sender: the address that it comes from."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=one_line(parcel.office), addr_spec=sender)
    mail["To"] = Address(addr_spec=parcel.to)
    mail["Subject"] = one_line(parcel.content.title)
    mail["Date"] = format_datetime(parcel.made)
    mail["Message-ID"] = f"<{parcel.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(as_text(parcel), cte="quoted-printable")
    return mail.as_bytes()


def as_text(parcel: Parcel) -> str:
    """Title, a sentence a line, and links that open when they are touched."""
    content = parcel.content
    lines = [one_line(content.title), ""]
    lines += [f"- {one_line(line)}" for line in content.lines]
    if content.links:
        lines.append("")
    lines += [f"{one_line(link.title)}: {parcel.site}{link.path}" for link in content.links]
    lines += [
        "",
        "-- ",
        f"{one_line(parcel.office)} · Hài Lòng. Máy gửi thư này, xin đừng trả lời.",
        f"Chọn thư muốn nhận, hoặc ngừng nhận: {parcel.site}/tai-khoan/toi/thong-bao",
    ]
    return "\n".join(lines) + "\n"


def one_line(text: str) -> str:
    """The text without what breaks a line, hides, or turns the direction of writing."""
    return " ".join(_UNPRINTED.sub(" ", text.replace("\u2060", "")).split())
