"""CÔNG VĂN to one organisation: asking it to answer the form that comes with it, and reminding it.

Number and day are printed once the office has given them; else they stay blank, as in every document.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.office.configuration.office_settings import public_address
from sync.central.office.paper.runs import run_named
from sync.central.office.plans import plan_named
from sync.central.office.post.addressed import AddressedLetter, ClosedLetter
from sync.central.office.post.sending import Mailing
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.model import Block, Coded, Document, Paragraph, Signature
from sync.central.reports.printing.content import PrintedForm, read_printed
from sync.contract.form_code import NUMBER_DIGITS
from sync.contract.official import written_day
from sync.contract.plan import VIET_NAM

LINK = "/t"
"""Where links of letters lead, before their code."""
LetterKind = Literal["invite", "remind"]
_NAMES: Mapping[LetterKind, str] = {"invite": "cong-van-gui-phieu", "remind": "cong-van-don-doc"}


class LetterWords(Struct, frozen=True, kw_only=True):
    """What all letters of a mailing say. site: where their links lead, "" for an office without one.

    forms: the form of each print run. last: the last day to answer, None without one. today: of the file.
    number, signed: of a reminder, "" and None while the office has not given them.
    """

    kind: LetterKind
    frame: Frame
    site: str
    forms: Mapping[str, PrintedForm]
    last: date | None
    today: date
    number: str = ""
    signed: date | None = None


def read_letter_words(
    connection: Connection,
    kind: LetterKind,
    mailing: Mailing,
    letters: tuple[ClosedLetter, ...],
    now: datetime,
) -> LetterWords:
    """What these letters say, as of now. Raises ProblemError HL5020, HL5220, HL5224."""
    plan, today = plan_named(connection, mailing.plan), now.astimezone(VIET_NAM).date()
    runs = {each.letter.run for each in letters}
    return LetterWords(
        kind=kind,
        frame=read_frame(connection, mailing.unit, plan, today, "CV"),
        site=public_address(connection, mailing.unit, today),
        forms={run: read_printed(connection, run_named(connection, run)) for run in sorted(runs)},
        last=plan.window(plan.group(mailing.group))[1],
        today=today,
    )


def letter_document(words: LetterWords, addressed: AddressedLetter) -> Document:
    """The letter to one organisation. Pure."""
    frame, letter = words.frame, addressed.letter
    number, signed = (letter.number, letter.signed_on)
    if words.kind == "remind":
        number, signed = words.number, words.signed
    body = _invitation(words, addressed) if words.kind == "invite" else _reminder(words, addressed)
    kept = tuple(line for line in frame.recipients if line.startswith("Lưu"))
    head = replace(frame.letterhead, number=number, signed=signed)
    return Document(
        kind=_NAMES[words.kind],
        letterhead=replace(head, year=signed.year) if signed else head,
        subject=_SUBJECTS[words.kind],
        addressed_to=(addressed.name,),
        body=(*body, *_where(words, addressed)),
        ending=_ENDINGS[words.kind],
        signatures=(Signature(frame.signer),),
        recipients=("Như trên", *(kept or ("Lưu: VT",))),
    )


_SUBJECTS: Mapping[LetterKind, str] = {
    "invite": "V/v đề nghị trả lời phiếu khảo sát",
    "remind": "V/v đôn đốc trả lời phiếu khảo sát",
}
_ENDINGS: Mapping[LetterKind, str] = {
    "invite": "Rất mong nhận được sự phối hợp của quý cơ quan, đơn vị./.",
    "remind": "Trường hợp quý cơ quan, đơn vị đã trả lời, xin bỏ qua công văn này./.",
}


def _invitation(words: LetterWords, addressed: AddressedLetter) -> tuple[Block, ...]:
    frame = words.frame
    title = f" “{frame.title}”" if frame.title else ""
    ground = f"Thực hiện {frame.plan}, " if frame.plan else ""
    return (
        Paragraph(
            f"{ground}{frame.name} tổ chức khảo sát{title}. {frame.name} đề nghị quý cơ quan, đơn vị trả lời "
            f"phiếu khảo sát số {form_number(addressed)} kèm theo công văn này{_until(words)}."
        ),
        *_drafts(addressed),
        *_ways(words),
        Paragraph(
            "Số phiếu chỉ dùng để biết nơi nào đã trả lời và để nhắc; báo cáo tổng hợp chung, không nêu tên "
            "cơ quan, đơn vị trả lời."
        ),
    )


def _reminder(words: LetterWords, addressed: AddressedLetter) -> tuple[Block, ...]:
    frame, letter = words.frame, addressed.letter
    number = f" số {letter.number}" if letter.number else ""
    day = letter.signed_on or letter.sent_on
    earlier = f"Công văn{number}" + (f" ngày {written_day(day)}" if day else "")
    title = f" “{frame.title}”" if frame.title else ""
    return (
        Paragraph(
            f"{frame.name} đã gửi quý cơ quan, đơn vị {earlier}, kèm phiếu khảo sát{title} số "
            f"{form_number(addressed)}. Đến ngày {written_day(words.today)}, {frame.name} chưa nhận được trả "
            "lời."
        ),
        Paragraph(f"{frame.name} đề nghị quý cơ quan, đơn vị trả lời phiếu{_until(words)}."),
        *_drafts(addressed),
        *_ways(words),
    )


def _drafts(addressed: AddressedLetter) -> tuple[Block, ...]:
    """The drafts of legal documents that the organisation is asked about, if there are any."""
    drafts = addressed.letter.drafts
    if not drafts:
        return ()
    ends = (*(";" for _ in drafts[1:]), ".")
    return (
        Paragraph(
            "Phiếu khảo sát hỏi ý kiến về việc thẩm định, góp ý dự thảo văn bản quy phạm pháp luật sau:"
        ),
        *(Paragraph(f"{draft}{end}", item=True) for draft, end in zip(drafts, ends, strict=True)),
    )


def _ways(words: LetterWords) -> tuple[Block, ...]:
    by_post = Paragraph(f"Ghi vào phiếu giấy, gửi về {words.frame.name} qua bưu điện", item=True)
    if not words.site:
        return (replace(by_post, text=f"{by_post.text}."),)
    return (
        Paragraph("Quý cơ quan, đơn vị chọn một trong hai cách:"),
        replace(by_post, text=f"{by_post.text};"),
        Paragraph(
            "Trả lời trên mạng: quét mã hoặc mở địa chỉ dưới đây, không cần tài khoản. Địa chỉ này dùng được "
            "một lần; nếu trả lời bằng cả hai cách thì chỉ tính câu trả lời đến trước.",
            item=True,
        ),
    )


def _where(words: LetterWords, addressed: AddressedLetter) -> tuple[Block, ...]:
    """The code, and where the letter goes."""
    letter = addressed.letter
    lines = [
        f"Phiếu số {form_number(addressed)}",
        *([f"Nơi nhận thư: {addressed.address}"] if addressed.address else []),
        *([f"Mã bưu gửi: {letter.postal_code}"] if letter.postal_code else []),
    ]
    if not words.site:
        return tuple(Paragraph(f"{line}.") for line in lines)
    address = link_address(words.site, addressed.code)
    return (Coded(code=address.upper(), lines=(lines[0], address, *lines[1:])),)


def link_address(site: str, code: str) -> str:
    """What the link of a letter is, as a person types it."""
    return f"{site.rstrip('/')}{LINK}/{code.lower()}"


def form_number(addressed: AddressedLetter) -> str:
    """The number of the form as it is printed on it."""
    return f"{addressed.letter.form:0{NUMBER_DIGITS - 1}}"


def _until(words: LetterWords) -> str:
    return f", trước hết ngày {written_day(words.last)}" if words.last else ""
