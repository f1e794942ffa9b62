"""kiosk.toml -> `Settings`: one typed table, every field documented; a wrong one is refused with its key.

kiosk.toml decides what belongs to the device. What the office decides comes in the configuration of the
centre, and a line here counts only where the configuration says nothing: such a line is a fallback.

Durations are in seconds where a person thinks in seconds, else in milliseconds, and say so in their names.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.devices.touch_matrix import AS_IT_IS, TouchMatrix
from kiosk.font import letters_of
from kiosk.typing_vi import Method, ToneStyle
from sync.contract.colours import LOTUS, TEAL
from sync.contract.files import read_toml
from sync.contract.office import Colour
from sync.contract.opening import Opening
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID, FILE_UNREADABLE, TEXT_MISSING
from sync.contract.response import Respondent
from sync.contract.text import Id, Language, Text

# Next to the package in a checkout, inside it where it was installed.
ASSETS = next(
    folder
    for folder in (Path(__file__).parent / "assets", Path(__file__).parent.parent / "assets")
    if folder.is_dir()
)

EventDevice = Annotated[str, Meta(pattern=whole("(|evdev:[0-9a-f]{4}:[0-9a-f]{4})"))]


class Office(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose terminal this is.

    Fallbacks; the configuration decides them in office.toml:

    name: shown on every screen; where nobody gives one, the name of the unit in catalogue.toml.
    emblem: a PNG file, next to kiosk.toml if relative; none: no emblem.
    primary, accent: the office's two colours; their contrast is checked when the theme is made.
    results_url: the office's public results page, shown as a QR code with the thanks; none: no code.

    Decided here:

    picture: a PNG or JPEG file for the idle screen, at most 4096 pixels a side; none: no picture. One that
        can't be read is not shown, and staff see why (HL2016).
    """

    name: Text = {}
    emblem: str = ""
    picture: str = ""
    primary: Colour = TEAL
    accent: Colour = LOTUS
    results_url: str = ""


class Screen(Struct, frozen=True, forbid_unknown_fields=True):
    """The panel.

    width, height: of the window in pixels; 0 takes the whole screen.
    dpi: dots per inch; with it, keys keep 9 mm and answers 15 mm. 0 asks the panel, which may not know or
        lie (`python -m kiosk.devices.panel` shows what it says); what is set here has the last word.
    best_first: the order of the levels, "Rất hài lòng" first as on the paper form.
    ratings_per_page: how many ratings of one group share a page at most, where they fit (1 to 5).
    touch_guard_ms: how long a new screen ignores touches that were meant for the last one (300 to 700).
    rotate: how far the picture is turned clockwise, for a panel that is mounted on its side or on its head.
        Touches turn with it; width and height stay those of the panel.
    touch: where glass and picture disagree: six numbers a b c d e f, as libinput's calibration matrix.
        A touch at (x, y) counts at (ax + by + c, dx + ey + f); both are parts of the panel, from its upper
        left corner, before the picture is turned.
    """

    width: int = 0
    height: int = 0
    rotate: Literal[0, 90, 180, 270] = 0
    touch: TouchMatrix = AS_IT_IS
    dpi: Annotated[int, Meta(ge=0, le=600)] = 0
    best_first: bool = True
    ratings_per_page: Annotated[int, Meta(ge=1, le=5)] = 5
    touch_guard_ms: Annotated[int, Meta(ge=300, le=700)] = 300


class Patience(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the terminal waits for a citizen, in seconds.

    ready: for the first touch after a scan. question, text: without touch, before "Are you still there?".
    still_there: the countdown there; at least 20 s (WCAG 2.2, success criterion 2.2.1).
    gate: after the last question that has to be answered, until the answers are sent.
    thanks: until the idle screen. notice: a short message. wipe: for cleaning the glass.
    retry_storage: until a failed write is tried again. staff: the staff screen without touch.
    """

    ready: Annotated[int, Meta(ge=10)] = 60
    question: Annotated[int, Meta(ge=15)] = 40
    text: Annotated[int, Meta(ge=30)] = 90
    still_there: Annotated[int, Meta(ge=20)] = 20
    gate: Annotated[int, Meta(ge=5)] = 8
    thanks: Annotated[int, Meta(ge=2)] = 5
    notice: Annotated[int, Meta(ge=2)] = 4
    wipe: Annotated[int, Meta(ge=5)] = 30
    retry_storage: Annotated[int, Meta(ge=1)] = 5
    staff: Annotated[int, Meta(ge=15)] = 60


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of kiosk.toml; the tables office, screen and patience are explained above.

    Fallbacks, for what the configuration does not say:

    device: which terminal this is, where the agent was never enrolled (enrolled.json says so else).
    unit, counter: where it is; the device's row in catalogue.toml decides. Without a counter, where a touch
        starts a visit, nothing is handed over, and no officer is asked to sign in.
    survey, plan, respondent: what is asked here, for which plan, and whom; assignments.toml decides, and
        where it has such a file these lines count no more. `survey` is an id of the configuration.
    opening: when the terminal is open; empty: always. office.toml decides, and the hours of an assignment.

    Decided here:

    bundle, data: folders, next to kiosk.toml if relative: the configuration, and what the terminal keeps.
        The agent's folder is `data`/agent.
    languages: offered to citizens, the first one where nobody chose.
    fonts: font files by language, for letters that Roboto lacks; the bold weight lies next to it. What is not
        named is looked for among Debian's fonts-noto-core; without a font a language is refused (HL1013).
    voices: by language, the program that speaks what nobody recorded: a command line with `{file}`, the WAV
        file that it writes, and `{text}`, or it reads the text from its input; without one espeak-ng does.
    start_by_touch: a visit may start without a scan; its response is untagged and reported apart.
    show_officer: name the officer next to the first question.
    ready_screen: a screen of its own with what was handed over and "Bắt đầu" comes before the first question;
        else the first question is shown at once, and the touch that answers it begins the visit.
    retention_days: how long receipted responses stay on the tablet.
    repeat_days: how long a case counts as already rated. badge_idle_minutes: until an idle badge signs out.
    tone_style: where the keyboard puts tone marks: "old" hòa, "new" hoà.
    typing: what also sets marks, for those who write that way: letters "telex", digits "vni", "both", "none".
    staff_pin: argon2 hash of the staff PIN; empty: badges only.
    volume: of sounds, 0 to 1. scanner: "wedge" any scanner that types; or "evdev:vendor:product", hex.
    keypad: a numeric keypad for those who can't touch, "evdev:vendor:product"; empty: no key drives anything.
    camera: a Video4Linux device that staff may scan with, such as /dev/video0; empty: none. Needs ffmpeg.
    wifi: the socket of the helper that connects to Wi-Fi; where there is none, no Wi-Fi is offered.
    """

    device: Id | None = None
    unit: Id | None = None
    counter: Annotated[str, Meta(max_length=64)] = ""
    survey: Id | None = None
    plan: Id | None = None
    respondent: Respondent = "citizen"
    opening: tuple[Opening, ...] = ()
    bundle: Path = Path("bundle")
    data: Path = Path("data")
    office: Office = Office()
    languages: tuple[Language, ...] = ("vi", "en")
    fonts: dict[Language, Path] = {}
    voices: dict[Language, str] = {}
    start_by_touch: bool = False
    show_officer: bool = True
    ready_screen: bool = False
    retention_days: Annotated[int, Meta(ge=1)] = 30
    repeat_days: Annotated[int, Meta(ge=0)] = 30
    badge_idle_minutes: Annotated[int, Meta(ge=1)] = 120
    tone_style: ToneStyle = "old"
    typing: Method = "telex"
    staff_pin: str = ""
    volume: Annotated[float, Meta(ge=0, le=1)] = 0.6
    scanner: Annotated[str, Meta(pattern=whole("wedge|evdev:[0-9a-f]{4}:[0-9a-f]{4}"))] = "wedge"
    keypad: EventDevice = ""
    camera: str = ""
    wifi: Path = Path("/run/hailong-wifi.sock")
    screen: Screen = Screen()
    patience: Patience = Patience()


def load_settings(path: Path) -> Settings:
    """The settings in the file `path`; raises ProblemError (HL1001 … HL1006) naming file and key."""
    settings = read_toml(path, Settings)
    if settings.office.name and "vi" not in settings.office.name:
        raise ProblemError(TEXT_MISSING(where=f"{path}: office.name", detail="thiếu lời bằng “vi”"))
    if not settings.languages:
        raise ProblemError(ENTRY_INVALID(where=f"{path}: languages", detail="cần ít nhất một"))
    a, b, _, d, e, _ = settings.screen.touch
    if a * e == b * d:
        detail = "mọi chạm sẽ rơi vào một đường thẳng"
        raise ProblemError(ENTRY_INVALID(where=f"{path}: screen.touch", detail=detail))
    if settings.keypad and settings.keypad == settings.scanner:
        detail = "trùng với máy quét: mã trên giấy sẽ bấm thay người dân"
        raise ProblemError(ENTRY_INVALID(where=f"{path}: keypad", detail=detail))
    for language, program in settings.voices.items():
        if "{file}" not in program:
            detail = "thiếu {file}, tệp WAV mà chương trình ghi"
            raise ProblemError(ENTRY_INVALID(where=f"{path}: voices.{language}", detail=detail))
    for index, opening in enumerate(settings.opening):
        if opening.start >= opening.end:
            where = f"{path}: opening[{index}].end"
            raise ProblemError(ENTRY_INVALID(where=where, detail="không sau giờ bắt đầu"))
    folder = path.parent
    office = settings.office
    if office.emblem:
        picture = folder / office.emblem
        if not picture.is_file():
            where = f"{path}: office.emblem"
            raise ProblemError(FILE_UNREADABLE(where=where, detail=str(picture)))
        office = msgspec.structs.replace(office, emblem=str(picture))
    if office.picture:
        office = msgspec.structs.replace(office, picture=str(folder / office.picture))
    fonts = {language: folder / font for language, font in settings.fonts.items()}
    for font in fonts.values():
        letters_of(font)
    return msgspec.structs.replace(
        settings,
        office=office,
        fonts=fonts,
        bundle=folder / settings.bundle,
        data=folder / settings.data,
        wifi=folder / settings.wifi,
    )
