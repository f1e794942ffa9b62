"""A person's own messages as an Atom feed (RFC 4287), for whom e-mail is too much or not allowed. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from sync.central.office.messages.identity import Content
from sync.central.office.messages.plain_text import one_line

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
FEED = "/thong-bao.atom"
_EMPTY = datetime(2020, 1, 1, tzinfo=UTC)


class Entry(Struct, frozen=True):
    """One message. id: see `message_id`."""

    id: str
    content: Content
    made: datetime


def as_atom(site: str, office: str, owner: str, entries: Sequence[Entry]) -> str:
    """The feed, the newest entry first. owner: what makes this feed another one than everybody else's."""
    updated = max((entry.made for entry in entries), default=_EMPTY)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">',
        f"<id>urn:hailong:feed:{escape(owner)}</id>",
        f"<title>{_text(office)}: thông báo</title>",
        f"<author><name>{_text(office)}</name></author>",
        f"<updated>{_moment(updated)}</updated>",
    ]
    for entry in entries:
        paths = [link.path for link in entry.content.links] or ["/"]
        said = "\n".join(map(one_line, entry.content.lines))
        lines += [
            "<entry>",
            f"<id>urn:hailong:message:{entry.id}</id>",
            f"<title>{_text(entry.content.title)}</title>",
            f"<updated>{_moment(entry.made)}</updated>",
            *(f"<link href={quoteattr(site + path)}/>" for path in paths[:1]),
            f'<content type="text">{escape(said)}</content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _text(text: str) -> str:
    return escape(one_line(text))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
