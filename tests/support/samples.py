# ruff: noqa: E501 — a table of sentences reads best as one
"""Every kind of picture a citizen can meet, in both languages: for the gallery and the layout test."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from kiosk.facts import Facts, UsbCopy, advice, troubles
from kiosk.session import READ_ALOUD, Manners
from kiosk.staff_desk import VOID_REASONS
from kiosk.view import (
    ChoiceView,
    ClosedView,
    ContactField,
    ContactView,
    FirstStartView,
    Frame,
    GateView,
    Handover,
    IdleView,
    LanguageListView,
    Level,
    NumberView,
    OutOfOrderView,
    PrivacyView,
    RatingRow,
    RatingView,
    ReadyView,
    RespondentView,
    SavingView,
    Shown,
    StaffHomeView,
    StaffLockView,
    StaffTagView,
    StaffVoidView,
    StillThereView,
    TextView,
    ThanksView,
    Tile,
    UnconfiguredView,
    View,
    WipingView,
    WirelessView,
    YesNoView,
)
from sync.contract.problem.agent import CENTRE_UNREACHABLE, ENROLMENT_CENTRE_WRONG
from sync.contract.problem.files import TERMINAL_UNCONFIGURED
from sync.contract.problem.scanning import DOSSIER_ALREADY_RATED, PIN_TRY_NOT_KEPT
from sync.contract.problem.terminal import NO_ENROLMENT_CODE, WIFI_PASSWORD_WRONG
from sync.contract.text import Text, pick
from sync.host.wifi import WifiNetwork

LEVELS: tuple[Text, ...] = (
    {"vi": "Rất hài lòng", "en": "Very satisfied"},
    {"vi": "Hài lòng", "en": "Satisfied"},
    {"vi": "Bình thường", "en": "Neutral"},
    {"vi": "Không hài lòng", "en": "Dissatisfied"},
    {"vi": "Rất không hài lòng", "en": "Very dissatisfied"},
)
MANY_LANGUAGES = (
    "Tiếng Việt", "English", "Français", "Bahasa Indonesia", "Deutsch", "Español", "Italiano", "Polski",
)  # fmt: skip
EMBLEM = Path(__file__).parent / "emblem.png"
POSTER = Path(__file__).parent / "poster.jpg"
PHONE_ADDRESS = "HTTPS://DANHGIA.PHUONGMAU.GOV.VN/P/" + "TUAW22DFFUYDAMNPOBUHK33OM4WW2YLV" * 12
"""Of a visit with one case."""
COME = "Khi nhận kết quả, mời ông/bà cho biết mức độ hài lòng tại đây."
TOUCH = "Mời ông/bà cho biết mức độ hài lòng về dịch vụ vừa nhận."
OWN = "Mời ông/bà cho biết mức độ hài lòng của mình."
LONG_OFFICE = "Trung tâm Phục vụ hành chính công phường Hoa Sen Trắng · Bộ phận Tiếp nhận và trả kết quả"
LONG_NAME = "Cán bộ Tiếp nhận và Trả kết quả Số Mười Hai"
_EIGHT = datetime.fromisoformat("2026-03-02T08:12:00+07:00")
WELL = Facts(unsent=2, unsent_since=_EIGHT, last_sync=_EIGHT, clock_offset=0, version=12, since=_EIGHT)
UNWELL = Facts(
    wifi=True,
    scanner=False,
    keypad=False,
    sound=False,
    unsent=412,
    unsent_since=_EIGHT,
    set_aside=1,
    sync_problem="HL4103",
    clock_offset=-3600,
    version=12345,
    since=_EIGHT,
    alarms=("HL2005",),
    bundle="HL1008",
    language="HL1013",
    crashes=4,
)
WORST = replace(
    UNWELL,
    unsent=123_456,
    last_sync=_EIGHT,
    alarms=tuple(f"HL20{number:02}" for number in range(5, 15)),
    picture="HL2016",
    heard=_EIGHT,
    usb=UsbCopy(at=_EIGHT, problem="HL4221"),
)
WORST_IDLE = replace(WORST, keyboard=False, storage="HL2003")
LANGUAGE = Facts(language="HL1013")
COPIED = replace(WELL, clock_offset=63_072_000, usb=UsbCopy(at=_EIGHT, copied=1412, receipts=980))
LOGGED = replace(WELL, usb=UsbCopy(at=_EIGHT, job="logs"))
UPDATED = replace(WELL, usb=UsbCopy(at=_EIGHT, copied=12, release="0.2.0"))
COPYING = replace(WELL, usb=UsbCopy(at=_EIGHT, waits=True))
CRASHED = Facts(last_sync=_EIGHT, clock_offset=0, crashes=1)
EVERY_TROUBLE = troubles(UNWELL, _EIGHT)
NETWORKS = (
    WifiNetwork(name="UBND-Phuong-Hoa-Sen", bars=4, secured=True, connected=True),
    WifiNetwork(name="Mot cua - Tang 1", bars=3, secured=True),
    WifiNetwork(name="Khach", bars=2, secured=False),
    WifiNetwork(name="Trung tam Phuc vu hanh chinh cong", bars=1, secured=True),
    WifiNetwork(name="Cà phê Sen", bars=0, secured=False),
)
OFFICE = {
    "vi": "UBND phường Hoa Sen · Bộ phận Một cửa",
    "en": "People's Committee of Hoa Sen Ward · One-stop shop",
}


def samples(
    language: str, text_step: int = 0, high_contrast: bool = False, criteria: int = 5
) -> Iterator[tuple[str, Shown]]:
    """A name and a picture for every kind of screen.

    criteria: how many ratings fit one page.
    """
    manners = Manners(language=language, text_step=text_step, high_contrast=high_contrast)

    def say(vi: str, en: str) -> str:
        return pick({"vi": vi, "en": en}, language)

    def frame(**more: object) -> Frame:
        fixed: dict[str, object] = {
            "office": pick(OFFICE, language), "manners": manners, "languages": ("vi", "en"), **more,
        }  # fmt: skip
        return Frame(**fixed)  # type: ignore[arg-type]

    def setting_up(**more: object) -> Frame:
        """Before the office is known."""
        return frame(office="", help=False, choosing=True, **more)

    def asking(page: int, pages: int = 4, **more: object) -> Frame:
        return frame(page=page, pages=pages, back=True, restart=page > 1, **more)

    def first(**more: object) -> Frame:
        """Of the first page: "not now" and privacy in the place of "back"."""
        return frame(page=1, pages=2, staff=True, **{"handover": handover, **more})

    def levels() -> tuple[Level, ...]:
        moods = zip(LEVELS, (2, 1, 0, -1, -2), strict=True)
        return tuple(Level(mood + 3, pick(label, language), mood) for label, mood in moods)

    def row(id: str, text: str, marked: int | None = None, none: bool = False, hint: str = "") -> RatingRow:
        return RatingRow(
            question=id, text=text, help=hint, levels=levels(), marked=marked, not_applicable=none
        )

    result = say(
        "Ông/bà có hài lòng về kết quả thực hiện thủ tục hành chính không?",
        "How satisfied are you with the result of the procedure?",
    )
    attitude = say(
        "Thái độ, trách nhiệm, tác phong của công chức", "Attitude, responsibility and manner of the officer"
    )
    place = say(
        "Cơ sở vật chất và điều kiện hỗ trợ tại nơi tiếp nhận hồ sơ",
        "Premises and facilities where files are received",
    )
    fees = say("Phí, lệ phí phải nộp (nếu có)", "Fees and charges paid (if any)")
    openness = say(
        "Ông/bà có hài lòng về các nội dung công khai công vụ không?",
        "How satisfied are you with how openly the office works?",
    )
    complaints = say(
        "Ông/bà có hài lòng về việc tiếp nhận, giải quyết phản ánh, kiến nghị không?",
        "How satisfied are you with how complaints and proposals are dealt with?",
    )
    overall = say("Nhìn chung, ông/bà có hài lòng không?", "All in all, how satisfied are you?")
    reasons = tuple(
        Tile(f"r{number}", text)
        for number, text in enumerate(
            (
                say("Hướng dẫn rõ ràng", "Clear guidance"),
                say("Giải quyết đúng hẹn", "Done on time"),
                say("Thái độ niềm nở, tôn trọng", "Friendly and respectful"),
                say("Ít giấy tờ, ít phải đi lại", "Few papers, few trips"),
                say("Nơi chờ sạch sẽ, đủ chỗ ngồi", "Clean waiting room with enough seats"),
                say("Phí, lệ phí công khai", "Fees are made public"),
            )
        )
    )
    why = say("Điều gì ông/bà thấy tốt nhất?", "What did you like best?")
    handover = Handover(
        say("Đăng ký khai sinh", "Registration of a birth"),
        say("Công chức Một", "Officer One"),
        say("Ý kiến của ông/bà là tự nguyện và không ghi tên.", "Answering is voluntary and anonymous."),
    )
    long_name = say(
        "Cấp Giấy chứng nhận đăng ký hộ kinh doanh và đăng ký thuế (thay đổi nội dung)",
        "Certificate of household business and tax registration (change of contents)",
    )
    words = say(
        "Tôi phải đi lại ba lần vì giấy hẹn ghi thiếu giờ. Mong cơ quan ghi rõ hơn.",
        "I had to come three times because the slip lacked the hour. Please write it more clearly.",
    )
    tell = say(
        "Nếu có điều chưa hài lòng, đề nghị ông/bà cho biết rõ",
        "If anything was not to your satisfaction, please tell us",
    )
    call = say("Ông/bà có muốn cơ quan liên hệ lại không?", "Would you like the office to contact you?")
    views: list[tuple[str, View, Frame]] = [
        ("idle", IdleView(invitation=COME, touch=False), frame(staff=True)),
        ("idle-touch", IdleView(invitation=TOUCH, touch=True), frame(staff=True)),
        ("idle-staff", IdleView(invitation=OWN, touch=True), frame(staff=True, address="anh/chị")),
        ("idle-picture", IdleView(invitation=COME, touch=False, emblem=str(EMBLEM), picture=str(POSTER)), frame(staff=True)),
        ("idle-picture-touch", IdleView(invitation=TOUCH, touch=True, picture=str(POSTER)), frame(staff=True, attention=1)),
        ("closed", ClosedView(), frame(staff=True)),
        ("wiping", WipingView(30), frame(help=False)),
        (
            "ready",
            ReadyView(handover),
            frame(),
        ),
        (
            "ready-long",
            ReadyView(replace(handover, procedure=long_name, officer="")),
            frame(queued=1),
        ),
        ("languages",
         LanguageListView((Tile("vi", "Tiếng Việt"), Tile("en", "English"), Tile("fr", "Français")), language),
         frame(languages=("vi", "en", "fr"), back=True)),
        ("languages-many",
         LanguageListView(tuple(Tile(name, name) for name in MANY_LANGUAGES), MANY_LANGUAGES[1]),
         frame(languages=("vi", "en", "fr"), back=True)),
        ("rating-languages", RatingView((row("a", result),)), asking(2, languages=("vi", "en", "fr"))),
        ("respondent", RespondentView(respondents=("citizen", "organisation")), frame(staff=True, handover=handover)),
        ("respondent-long", RespondentView(respondents=("citizen", "organisation", "staff")),
         frame(staff=True, handover=replace(handover, procedure=long_name), queued=1)),
        ("respondent-read-aloud", RespondentView(respondents=("citizen", "organisation"), numbered=True, armed="organisation"),
         frame(staff=True, handover=handover, notice="Chạm lần nữa để chọn", manners=replace(manners, ear=True))),
        (
            "privacy",
            PrivacyView(
                purpose=say("Giúp cơ quan cải tiến chất lượng cung cấp dịch vụ hành chính, đáp ứng tốt hơn nhu cầu của "
                    "nhân dân.", "To help this office improve its services and meet people's needs better."),
                data=say("Mức độ hài lòng, ý kiến ông/bà tự viết (được mã hóa ngay trên máy), tên thủ tục và công chức "
                    "đã phục vụ.", "Your ratings, anything you choose to write (encrypted on this device at "
                    "once), the procedure and the officer who served you."),
                controller=say("Ủy ban nhân dân nơi đặt máy này.", "The People's Committee where this device stands."),
                rights=say("Ông/bà có thể không trả lời, dừng bất cứ lúc nào, và yêu cầu xóa ý kiến của mình tại cơ quan.",
                    "You may decline, stop at any time, and ask the office to delete what you wrote."),
            ),
            frame(),
        ),
        ("first-rating", RatingView((row("result", result),)), first()),
        ("first-rating-long", RatingView((row("fees", fees, hint=say("Nếu có", "If any"), none=True),)),
         first(handover=replace(handover, procedure=long_name))),
        ("first-rating-untagged", RatingView((row("result", result),)),
         first(handover=replace(handover, procedure="", officer=""))),
        ("first-rating-called", RatingView((row("result", result),)),
         first(notice="Đã gọi cán bộ, xin chờ một chút", queued=1)),
        ("first-rating-three", RatingView((row("a", attitude), row("b", place), row("c", fees, none=True))), first()),
        ("first-rating-code", RatingView((row("result", result),)), first(code=PHONE_ADDRESS)),
        ("first-rating-code-gone", RatingView((row("fees", fees, hint=say("Nếu có", "If any"), none=True),)),
         first(code="", queued=1)),
        ("first-rating-three-code", RatingView((row("a", attitude), row("b", place), row("c", fees, none=True))),
         first(code=PHONE_ADDRESS)),
        ("first-reasons-code", ChoiceView(question="why", text=why, help="", tiles=reasons, several=True, marked=(), not_applicable=False),
         first(forward="skip", code=PHONE_ADDRESS)),
        ("ready-code", ReadyView(replace(handover, procedure=long_name)), frame(code=PHONE_ADDRESS)),
        ("respondent-code", RespondentView(respondents=("citizen", "organisation", "staff")),
         frame(staff=True, handover=handover, code=PHONE_ADDRESS)),
        ("first-reasons", ChoiceView(question="why", text=why, help="", tiles=reasons, several=True, marked=(), not_applicable=False),
         first(forward="skip")),
        ("first-number", NumberView(question="hours", text=result, help="", minimum=0, maximum=9, marked=None, not_applicable=True), first()),
        ("first-yes-no", YesNoView(question="late", text=result, help="", marked=None, not_applicable=True), first()),
        ("rating", RatingView((row("result", result),)), asking(1)),
        ("rating-told", RatingView((row("result", result),)), asking(2, told="taken")),
        ("rating-called", RatingView((row("result", result),)),
         asking(2, told="refused", notice="Đã gọi cán bộ, xin chờ một chút")),
        ("rating-marked", RatingView((row("result", result, marked=4),)), asking(4, forward="send")),
        ("rating-na", RatingView((row("fees", fees, none=True, hint=say("Nếu có", "If any")),)),
         asking(7, 9, forward="skip")),
        ("rating-read-aloud", RatingView((row("result", result, none=True),), numbered=True),
         asking(1, notice=READ_ALOUD, manners=replace(manners, ear=True))),
        ("criteria", RatingView((
            row("a", attitude, marked=5), row("b", place), row("c", openness), row("d", complaints), row("e", overall),
        )), asking(1, 3)),
        ("criteria-na", RatingView((
            row("f", overall), row("c", fees, none=True), row("g", complaints, marked=2, none=True), row("h", openness),
        )), asking(2, 3)),
        ("reasons", ChoiceView(question="why", text=why, help="", tiles=reasons, several=True, marked=("r0", "r2"), not_applicable=False),
         asking(3, forward="next")),
        ("reasons-read-aloud",
         ChoiceView(question="why", text=why, help="", tiles=reasons, several=True, marked=("r0",), not_applicable=False, armed="r1"),
         asking(3, forward="next", notice="Chạm lần nữa để chọn")),
        ("reasons-many",
         ChoiceView(question="why", text=tell, help=say("Có thể chọn nhiều ô", "You may choose several"), tiles=reasons + reasons[:3],
                    several=True, marked=("r0",), not_applicable=True), asking(3, forward="next")),
        ("reasons-in-numbers", ChoiceView(question="why", text=tell, help="", tiles=reasons + reasons[:3], several=True, marked=("r0",),
                                          not_applicable=True, numbered=True), asking(3, forward="next")),
        ("yes-no-in-numbers", YesNoView(question="late", text=result, help="", marked=None, not_applicable=True, numbered=True), asking(2)),
        ("choice", ChoiceView(question="way", text=say("Ông/bà nộp hồ sơ bằng cách nào?", "How did you hand in your file?"), help="",
                              tiles=(Tile("desk", say("Tại quầy", "At the counter")),
                               Tile("post", say("Qua bưu điện", "By post")),
                               Tile("online", say("Qua mạng", "Online"))),
                              several=False, marked=(), not_applicable=False), asking(2)),
        ("yes-no", YesNoView(question="late", text=say("Kết quả có được trả đúng hẹn không?", "Was the result ready on time?"),
                             help="", marked=None, not_applicable=True), asking(2)),
        ("number", NumberView(question="trips", text=say("Ông/bà đã đi lại mấy lần để làm xong thủ tục?",
                                           "How many trips did the procedure take?"), help="", minimum=1, maximum=20, marked=3),
         asking(3, forward="next")),
        ("number-na", NumberView(question="hours", text=say("Ông/bà đã chờ mấy giờ?", "How many hours did you wait?"),
                                 help="", minimum=0, maximum=9, marked=None, not_applicable=True), asking(3)),
        ("number-long", NumberView(question="hours", text=result, help="", minimum=0, maximum=9, marked=None, not_applicable=True), asking(3)),
        ("text", TextView(question="unsatisfied", text=tell, help="", written=words, maximum=1000), asking(3, forward="next")),
        ("text-called", TextView(question="unsatisfied", text=tell, help="", written=words, maximum=1000),
         asking(3, forward="next", notice="Đã gọi cán bộ, xin chờ một chút")),
        ("text-masked", TextView(question="unsatisfied", text=tell, help="", written=words + " 0900000000", maximum=1000), asking(3, forward="next")),
        ("text-empty", TextView(question="suggestion", text=say("Ý kiến đóng góp khác của ông/bà", "Any other suggestions"), help="",
                                written="", maximum=1000), asking(4, forward="send")),
        ("contact", ContactView(question="contact", text=call, help="", open=False, fields=()), asking(4, forward="send")),
        ("contact-open", ContactView(question="contact", text=call, help="", open=True,
                                     fields=(ContactField("name", "Nguyễn Văn A"), ContactField("phone", ""))),
         asking(4, forward="send")),
        ("gate", GateView(more=True, seconds=8), asking(2, 2)),
        ("gate-criteria", GateView(more=True, seconds=8, criteria=True), asking(2, 2)),
        ("gate-only-send", GateView(more=False, seconds=8), asking(2, 2)),
        ("gate-staff", GateView(more=True, seconds=8), asking(2, 2, address="anh/chị")),
        ("still-there", StillThereView(20), frame()),
        ("saving", SavingView(), frame()),
        ("thanks", ThanksView(say("Xin chân thành cảm ơn ông/bà.", "Thank you very much."), ""), frame()),
        ("thanks-results", ThanksView(say("Xin chân thành cảm ơn ông/bà.", "Thank you very much."),
                                      "https://ketqua.example.vn/hoa-sen"), frame()),
        ("thanks-staff", ThanksView("", ""), frame(address="anh/chị")),
        ("still-there-staff", StillThereView(20), frame(address="anh/chị")),
        ("saving-organisation", SavingView(), frame(address="quý vị")),
        ("out-of-order-staff", OutOfOrderView("HL2001"), frame(address="anh/chị", staff=True)),
        ("closed-staff", ClosedView(), frame(address="anh/chị", staff=True)),
        ("out-of-order", OutOfOrderView("HL2001"), frame(staff=True)),
        ("unconfigured", UnconfiguredView(TERMINAL_UNCONFIGURED(where="/var/lib/hailong/bundle")), frame(help=False)),
        ("first-start", FirstStartView(stage="form", typed="K3QF-9M2T-8W", network="up"), setting_up(forward="next")),
        ("first-start-nothing", FirstStartView(stage="form", network="down"), setting_up()),
        ("first-start-worst", FirstStartView(stage="form", typed="K3QF-9M2T-8WXY-ZA12-34BC-DE56@http://10.0.0.5:87", camera=True, network="unreachable",
                                             address="https://danhgia.hoasentrang.example.vn", problem=NO_ENROLMENT_CODE()), setting_up(forward="next")),
        ("first-start-working", FirstStartView(stage="working", network="down", address="https://hailong.example.vn",
                                               problem=CENTRE_UNREACHABLE(where="centre")), setting_up()),
        ("first-start-refused", FirstStartView(stage="refused", network="reached", problem=ENROLMENT_CENTRE_WRONG(where="centre")), setting_up()),
        ("first-start-enrolled", FirstStartView(stage="enrolled", device="hoa-sen-quay-1", office=say("UBND phường Hoa Sen", "Hoa Sen Ward People's Committee")), setting_up()),
        ("first-start-wifi", FirstStartView(stage="form", network="down", camera=True, wifi=True), setting_up()),
        ("wifi-looking", WirelessView(stage="looking"), setting_up()),
        ("wifi-networks", WirelessView(stage="list", networks=NETWORKS), setting_up()),
        ("wifi-many", WirelessView(stage="list", networks=NETWORKS * 4), frame(help=False)),
        ("wifi-none", WirelessView(stage="list"), setting_up()),
        ("wifi-password-begun", WirelessView(stage="password", name=NETWORKS[1].name, typed="••••"), setting_up()),
        ("wifi-password", WirelessView(stage="password", name=NETWORKS[3].name, typed="•" * 11, may_connect=True), frame(help=False)),
        ("wifi-password-shown", WirelessView(stage="password", name=NETWORKS[1].name, typed="hoasen[2026]~dai-ba-muoi-sau-chu-cai", shown=True, may_connect=True), setting_up()),
        ("wifi-connecting", WirelessView(stage="connecting", name=NETWORKS[3].name), setting_up()),
        ("wifi-connected", WirelessView(stage="connected", name=NETWORKS[1].name), setting_up()),
        ("wifi-failed", WirelessView(stage="failed", name=NETWORKS[1].name, problem=WIFI_PASSWORD_WRONG()), setting_up()),
        ("idle-morning", IdleView(invitation=COME, touch=False, emblem=str(EMBLEM)), frame(staff=True, attention=2)),
        ("idle-worst", IdleView(invitation=TOUCH, touch=True, emblem=str(EMBLEM)),
         frame(staff=True, attention=9, office=LONG_OFFICE, notice="Đã nhận thẻ: " + LONG_NAME)),
        ("idle-told", IdleView(invitation=COME, touch=False), frame(staff=True, notice=DOSSIER_ALREADY_RATED.title)),
        ("staff-lock", StaffLockView(digits=3, message="Mã PIN không đúng", camera=True), frame(help=False)),
        ("staff-lock-unwell", StaffLockView(digits=0, message="", camera=True, officer_missing=True, troubles=EVERY_TROUBLE),
         frame(help=False)),
        ("staff-lock-unkept", StaffLockView(digits=0, message=PIN_TRY_NOT_KEPT.title, camera=True), frame(help=False)),
        ("staff-home", StaffHomeView(officer="Cán bộ Một", facts=WELL, refused=(), can_assist=True, can_void=True, message=""), frame(help=False)),
        ("staff-home-begun", StaffHomeView(officer="Cán bộ Một", facts=WELL, refused=(), can_assist=True, can_void=False, message=""),
         frame(help=False)),
        ("staff-home-unwell", StaffHomeView(officer="", facts=UNWELL, refused=(("Mã này không dùng được ở đây", 3),),
                                            can_assist=False, can_void=False, message=advice(UNWELL)), frame(help=False)),
        ("staff-home-worst", StaffHomeView(officer=LONG_NAME, facts=WORST, refused=(), can_assist=True, can_void=True, message=advice(WORST)), frame(help=False)),
        ("staff-home-worst-idle", StaffHomeView(officer=LONG_NAME, facts=WORST_IDLE, refused=(), can_assist=False, can_void=False, message=advice(LANGUAGE)),
         frame(help=False)),
        ("staff-tools", StaffHomeView(officer="Cán bộ Một", facts=WELL, refused=(), can_assist=False, can_void=False, message="", tools=True), frame(help=False)),
        ("staff-tools-worst", StaffHomeView(officer=LONG_NAME, facts=WORST_IDLE, refused=(), can_assist=False, can_void=False, message=advice(LANGUAGE), tools=True), frame(help=False)),
        ("staff-home-staff", StaffHomeView(officer="", facts=WELL, refused=(), can_assist=False, can_void=False, message="", handovers=False), frame(help=False)),
        ("staff-home-copied", StaffHomeView(officer="Cán bộ Một", facts=COPIED, refused=(), can_assist=False, can_void=False, message=""), frame(help=False)),
        ("staff-tools-logs", StaffHomeView(officer="", facts=LOGGED, refused=(), can_assist=False, can_void=False, message="", tools=True), frame(help=False)),
        ("staff-tools-release", StaffHomeView(officer="", facts=UPDATED, refused=(), can_assist=False, can_void=False, message="", tools=True), frame(help=False)),
        ("staff-home-copying", StaffHomeView(officer="", facts=COPYING, refused=(), can_assist=False, can_void=False, message=""), frame(help=False)),
        ("staff-home-crashed", StaffHomeView(officer="Cán bộ Một", facts=CRASHED, refused=(), can_assist=False, can_void=False, message=advice(CRASHED)),
         frame(help=False)),
        ("staff-home-language", StaffHomeView(officer="Cán bộ Một", facts=LANGUAGE, refused=(), can_assist=False, can_void=False, message=advice(LANGUAGE)),
         frame(help=False)),
        ("staff-tag", StaffTagView("khai", (Tile("1.001193", "Đăng ký khai sinh"),
                                            Tile("1.000656", "Đăng ký khai tử"))), frame(help=False)),
        ("staff-void", StaffVoidView(VOID_REASONS), frame(help=False)),
    ]  # fmt: skip
    for name, view, around in views:
        if isinstance(view, RatingView) and len(view.rows) > 1:
            if criteria == 1:
                continue
            view = RatingView(view.rows[:criteria])
        yield name, Shown(view, around)
