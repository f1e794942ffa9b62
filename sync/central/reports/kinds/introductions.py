"""GIẤY GIỚI THIỆU (decree 30/2020, form 1.8): an interviewer of a plan, to one unit where people are asked.

It is a paper of the field work and no report: nothing of it is frozen, approved or published. It names the
interviewer and none of the people who were drawn.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.model import Document, Paragraph, Signature
from sync.contract.official import written_day
from sync.contract.plan import Plan

NAME = "giay-gioi-thieu"
BLANK = "……………………………………"


class Introduction(Struct, frozen=True, kw_only=True):
    """Who is sent where. interviewer: "" for a blank line. unit: by name. last: the last day it is valid."""

    frame: Frame
    interviewer: str
    unit: str
    last: date | None


def read_introduction(
    connection: Connection, plan: Plan, *, interviewer: str, unit: str, last: date | None, today: date
) -> Introduction:
    """What the paper says, as of today."""
    frame = read_frame(connection, plan.unit, plan, today, "GGT")
    return Introduction(frame=frame, interviewer=interviewer, unit=unit, last=last)


def introduction(said: Introduction) -> Document:
    """The paper, with number and day left blank. Pure."""
    frame = said.frame
    until = written_day(said.last) if said.last else BLANK
    kept = tuple(line.partition(" (")[0] for line in frame.recipients if line.startswith("Lưu"))
    lines = (
        f"{frame.name} trân trọng giới thiệu:",
        f"Ông (bà): {said.interviewer or BLANK}",
        "Chức vụ: Điều tra viên khảo sát",
        f"Được cử đến: {said.unit}",
        f"Về việc: Phỏng vấn người dân, tổ chức theo {frame.plan}",
        f"Đề nghị {said.unit} tạo điều kiện để ông (bà) có tên ở trên hoàn thành nhiệm vụ.",
    )
    return Document(
        kind=NAME,
        letterhead=frame.letterhead,
        subject="",
        body=tuple(map(Paragraph, lines)),
        ending=f"Giấy này có giá trị đến hết ngày {until}./.",
        signatures=(Signature(frame.signer),),
        recipients=(said.unit, *(kept or ("Lưu: VT",))),
    )
