"""The configuration of an invented province, as a folder that `config import` reads."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import tomli_w
from msgspec import Struct

from sync.contract.opening import WEEKDAYS
from tests.support.plans import ASSETS
from tests.support.province.calendar import USUAL, holidays
from tests.support.province.places import (
    DAILY,
    DAILY_PLAN,
    PROCEDURES,
    PROVINCE,
    ROUND,
    ROUND_COMMUNES,
    ROUND_PLAN,
    Commune,
)

REFORM = date(2025, 7, 1)
"""Since this day there are communes of today; before it the first two of them were four."""
ROUND_FORMS = 90
"""The target of each commune that takes part."""


class Window(Struct, frozen=True):
    """The days of the history, and of the plan that has a target; it is running on the last day."""

    first: date
    last: date

    @property
    def round_first(self) -> date:
        return self.last - timedelta(days=19)

    @property
    def round_last(self) -> date:
        return self.last + timedelta(days=12)


def write_folder(folder: Path, communes: Sequence[Commune], window: Window) -> None:
    """Write the whole configuration into `folder`."""
    (folder / "surveys").mkdir(parents=True)
    (folder / "plans").mkdir()
    for form, source in ((DAILY, "kien-hung"), (ROUND, "van-thang")):
        (folder / "surveys" / f"{form}.toml").write_text(_form(form, source), "utf-8")
    contents = {
        "catalogue.toml": _catalogue(communes, window),
        "office.toml": _office(window),
        "assignments.toml": _assignments(communes, window),
        f"plans/{DAILY_PLAN}.toml": _daily_plan(window),
        f"plans/{ROUND_PLAN}.toml": _round_plan(communes, window),
    }
    for name, content in contents.items():
        (folder / name).write_text(tomli_w.dumps(content), "utf-8")


def _form(form: str, source: str) -> str:
    """A shipped form under a name of the province's own."""
    text = (ASSETS / "surveys" / f"{source}.toml").read_text("utf-8")
    text = text[text.index("id = ") :].replace(f'id = "{source}"', f'id = "{form}"', 1)
    return text.replace("version = 2", "version = 1", 1).replace("UBND xã", "đơn vị")


def _catalogue(communes: Sequence[Commune], window: Window) -> dict[str, Any]:
    reformed = {"valid_from": REFORM} if window.first >= REFORM else {}
    units: list[dict[str, Any]] = [
        {"code": PROVINCE, "name": {"vi": "tỉnh Mẫu", "en": "Mẫu province"}, "kind": "province"}
    ]
    for commune in communes:
        unit = {"code": commune.code, "name": {"vi": commune.name}, "kind": commune.kind}
        units.append({**unit, "parent": PROVINCE, **reformed})
    if reformed:
        units += [_former(commune, half) for commune in communes[:2] for half in (1, 2)]
    return {
        "languages": ["vi", "en"],
        "units": units,
        "counters": [
            {
                "id": terminal.counter,
                "unit": terminal.unit,
                "name": {"vi": f"Quầy số {number}", "en": f"Counter {number}"},
            }
            for commune in communes
            for number, terminal in enumerate(commune.terminals, 1)
        ],
        "procedures": [
            {"code": each.code, "name": {"vi": each.name}, "field": each.field} for each in PROCEDURES
        ],
        "officers": [
            {**msgspec.to_builtins(officer), "unit": commune.code}
            for commune in communes
            for officer in commune.officers
        ],
        "devices": [
            {"id": terminal.id, "kind": "terminal", "unit": terminal.unit, "counter": terminal.counter}
            for commune in communes
            for terminal in commune.terminals
        ],
    }


def _former(commune: Commune, half: int) -> dict[str, Any]:
    return {
        "code": f"{commune.code}-{half}",
        "name": {"vi": f"{commune.name} {half} (trước sắp xếp)"},
        "kind": commune.kind,
        "parent": PROVINCE,
        "valid_to": REFORM - timedelta(days=1),
    }


def _office(window: Window) -> dict[str, Any]:
    special = holidays(window.first, window.last + timedelta(days=365))
    return {
        "primary": "#0B5D63",
        "accent": "#B23A5B",
        "opening": [{"days": span.days, "start": span.start, "end": span.end} for span in USUAL],
        "special_days": [{"day": each.day, "name": each.name} for each in special],
    }


def _assignments(communes: Sequence[Commune], window: Window) -> dict[str, Any]:
    daily: dict[str, Any] = {"id": "hang-ngay", "unit": PROVINCE, "survey": DAILY, "plan": DAILY_PLAN}
    rounds = [
        {
            "id": f"theo-dot-{commune.code}",
            "unit": commune.code,
            "counter": "quay-1",
            "survey": ROUND,
            "plan": ROUND_PLAN,
            "starts": window.round_first,
            "ends": window.round_last,
        }
        for commune in asked(communes)
    ]
    always = {"days": list(WEEKDAYS), "start": time(0), "end": time(23, 59)}
    shown = {"id": "dung-thu", "unit": communes[0].code, "device": communes[0].terminals[0].id}
    tried = {**daily, **shown, "hours": [always]}
    both = ["citizen", "organisation"]
    return {"assignments": [*({**each, "respondents": both} for each in (daily, *rounds)), tried]}


def asked(communes: Sequence[Commune]) -> Sequence[Commune]:
    """The communes that take part in the plan with a target: all but the first, whose terminal is shown."""
    return communes[1 : 1 + ROUND_COMMUNES]


def _daily_plan(window: Window) -> dict[str, Any]:
    return {
        "id": DAILY_PLAN,
        "number": "12/KH-UBND",
        "authority": "UBND tỉnh Mẫu",
        "issued": window.first,
        "unit": PROVINCE,
        "design": "open",
        "starts": window.first,
        "ends": date(window.last.year + 1, 12, 31),
        "report_day": 20,
        "report_to": "UBND tỉnh Mẫu",
        "title": {"vi": "Khảo sát thường xuyên sự hài lòng của người dân, tổ chức"},
        "groups": [
            {
                "id": "nhan-ket-qua",
                "name": {"vi": "Người dân, tổ chức nhận kết quả tại bộ phận Một cửa"},
                "survey": DAILY,
                "mandatory": ["result", "service"],
                "respondents": ["citizen", "organisation"],
                "channels": ["kiosk", "paper"],
                "frame": "Mọi lượt trả kết quả giải quyết thủ tục hành chính",
            }
        ],
    }


def _round_plan(communes: Sequence[Commune], window: Window) -> dict[str, Any]:
    return {
        "id": ROUND_PLAN,
        "number": "87/KH-UBND",
        "authority": "UBND tỉnh Mẫu",
        "issued": window.round_first - timedelta(days=12),
        "unit": PROVINCE,
        "design": "quota",
        "starts": window.round_first,
        "ends": window.round_last,
        "title": {"vi": "Khảo sát theo đợt nguyên nhân chưa hài lòng"},
        "groups": [
            {
                "id": "tai-quay",
                "name": {"vi": "Người dân, tổ chức đến quầy số 1 của các xã, phường được chọn"},
                "survey": ROUND,
                "respondents": ["citizen", "organisation"],
                "channels": ["kiosk"],
                "overall": "overall",
                "parts": [
                    {"id": commune.code, "name": {"vi": commune.name}, "forms": ROUND_FORMS}
                    for commune in asked(communes)
                ],
            }
        ],
        "steps": [
            {"kind": "collect", "name": {"vi": "Thu phiếu"}, "ends": window.round_last},
            {
                "kind": "report",
                "name": {"vi": "Báo cáo kết quả"},
                "ends": window.round_last + timedelta(days=10),
                "to": "UBND tỉnh Mẫu",
            },
        ],
    }
