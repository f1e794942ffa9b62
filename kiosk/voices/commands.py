"""`hailong-kiosk voices`: what the terminal reads aloud, recorded by people or spoken by programs.

A question in sign language is a file next to its prompt, and is taken in with it.

The office's recordings come before those that come with the program, and these before what a program speaks.
"""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import track
from rich.table import Table

from kiosk.devices.sound import find_prompt, prompt_name, write_wave
from kiosk.i18n import Catalogues, language_name
from kiosk.prompts import made_folder, prompt_folders, recorded_folder, spoken_texts
from kiosk.settings import ASSETS, Settings, load_settings
from kiosk.voices.clips import CLIP, clip_fault
from kiosk.voices.making import MADE_BY, espeak, make_prompt
from kiosk.voices.microphone import record
from kiosk.voices.recording import ENDINGS, fault, read_recording
from kiosk.voices.script import SCRIPT, read_script, script_lines, write_script
from sync.contract.bundle import load_bundle
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.problem.scanning import FILE_UNWRITABLE
from sync.contract.problem.terminal import RECORDING_UNUSABLE

app = typer.Typer(
    name="hailong-kiosk voices",
    help="Lời đọc của máy: liệt kê, xuất để đọc, thu, nhập, và tạo bằng chương trình.",
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
)

Config = Annotated[Path, typer.Option("--config", help="Tệp kiosk.toml.")]
Language = Annotated[str, typer.Option("--language", help="Mã ngôn ngữ, như vi.")]
Folder = Annotated[Path, typer.Argument(help=f"Thư mục có {SCRIPT} và các bản thu.")]
GIVEN_UP = 3  # failures of one program
DEFAULT = Path("/etc/hailong/kiosk.toml")


class Voices(Struct, frozen=True):
    """The texts of one terminal by language, in the order in which they are worth recording."""

    settings: Settings
    texts: dict[str, list[str]]
    names: dict[str, str]

    def lacking(self, language: str) -> list[str]:
        """What nobody recorded."""
        folders = [folder for folder in prompt_folders(self.settings) if folder != made_folder(self.settings)]
        return [text for text in self.of(language) if find_prompt(text, language, folders) is None]

    def of(self, language: str) -> list[str]:
        """The texts of a language; raises ProblemError HL1003 where the terminal says nothing in it."""
        if language not in self.texts:
            detail = f"máy này đọc: {', '.join(self.texts)}"
            raise ProblemError(ENTRY_INVALID(where=f"--language {language}", detail=detail))
        return self.texts[language]


def load_voices(config: Path) -> Voices:
    """What the terminal of this kiosk.toml may have to say."""
    settings, catalogues = load_settings(config), Catalogues(ASSETS / "locales")
    texts: dict[str, list[str]] = {}
    for language, text in spoken_texts(load_bundle(settings.bundle), settings, catalogues):
        texts.setdefault(language, []).append(text)
    names = {language: language_name(language, catalogues.translate) for language in texts}
    return Voices(settings, texts, names)


@app.command("list")
def list_(
    config: Config = DEFAULT,
    language: Annotated[str, typer.Option("--language", help="Nêu từng lời còn thiếu bản thu.")] = "",
) -> None:
    """Mỗi ngôn ngữ có bao nhiêu lời, bao nhiêu đã có người thu, bao nhiêu do chương trình đọc."""
    voices, console = load_voices(config), Console()
    if language:
        for text in voices.lacking(language):
            console.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    table = Table("Ngôn ngữ")
    for heading in ("Lời", "Người đọc", "Chương trình đọc", "Chưa có"):
        table.add_column(heading, justify="right")
    for each, texts in voices.texts.items():
        silent = sum(find_prompt(text, each, prompt_folders(voices.settings)) is None for text in texts)
        lacking = len(voices.lacking(each))
        figures = (len(texts), len(texts) - lacking, lacking - silent, silent)
        table.add_row(f"{voices.names[each]} ({each})", *map(str, figures))
    console.print(table)


@app.command()
def export(folder: Folder, config: Config = DEFAULT, language: Language = "vi") -> None:
    """Ghi loi-doc.csv: mỗi dòng một tên tệp và lời cần thu; dòng đầu cần nhất, thu đến đâu dùng đến đó."""
    lines = script_lines(load_voices(config).lacking(language))
    path = write_script(folder, lines)
    Console().print(f"{path}: {len(lines)} lời chưa có người thu", soft_wrap=True)


@app.command("record")
def record_(
    folder: Folder,
    microphone: Annotated[str, typer.Option("--microphone", help="Tên ALSA, xem bằng arecord -L.")] = "",
) -> None:
    """Thu từng lời của loi-doc.csv còn thiếu tệp; bản thu hỏng được thu lại ngay."""
    lines = [line for line in read_script(folder) if _recording(folder, line.file) is None]
    for place, line in enumerate(lines, start=1):
        _say(f"\n[{place}/{len(lines)}] {line.text}")
        asked = _record_line(folder / f"{line.file}.wav", line.text, microphone)
        if asked == "k":
            return


def _record_line(path: Path, text: str, microphone: str) -> str:
    """Record until it can be used; what was asked for instead: "b" the next one, "k" the end."""
    while True:
        asked = input("Enter: thu   b: bỏ qua   k: kết thúc  ").strip().lower()
        if asked in ("b", "k"):
            return asked
        record(path, microphone, lambda: input("Đang thu, Enter: dừng  "))
        wrong = fault(read_recording(path), text)
        if not wrong:
            return ""
        path.unlink()
        _say(f"Thu lại: {wrong}")


@app.command("import")
def import_(folder: Folder, config: Config = DEFAULT, language: Language = "vi") -> None:
    """Nhận bản thu (WAV, OGG, FLAC, MP3) và đoạn ngôn ngữ ký hiệu (ZIP) mà loi-doc.csv nêu, trừ tệp hỏng."""
    voices = load_voices(config)
    lines, wanted = read_script(folder), set(voices.of(language))
    refused: list[Problem] = []
    taken = 0
    for line in lines:
        clip = folder / f"{line.file}{CLIP}"
        for path in (_recording(folder, line.file), clip if clip.is_file() else None):
            if path is None:
                continue
            try:
                _take(path, line.text, recorded_folder(voices.settings) / language, wanted)
                taken += 1
            except ProblemError as error:
                refused.append(error.problem)
    named = {line.file for line in lines}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (*ENDINGS, CLIP) and path.stem not in named:
            refused.append(RECORDING_UNUSABLE(where=str(path), detail=f"{SCRIPT} không nêu tệp này"))
    for each in refused:
        _say(str(ProblemError(each)))
    left = len(voices.lacking(language))
    _say(f"Đã nhận {taken} bản thu, từ chối {len(refused)}; còn {left} lời chưa có người thu")
    if refused:
        raise typer.Exit(1)


def _take(path: Path, text: str, folder: Path, wanted: set[str]) -> None:
    if text not in wanted:
        raise ProblemError(RECORDING_UNUSABLE(where=str(path), detail=f"máy không còn đọc lời “{text}”"))
    samples = None if path.suffix == CLIP else read_recording(path)
    if wrong := clip_fault(path) if samples is None else fault(samples, text):
        raise ProblemError(RECORDING_UNUSABLE(where=str(path), detail=wrong))
    place = folder / prompt_name(text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if samples is None:
            shutil.copyfile(path, place.with_suffix(".new"))
            place.with_suffix(".new").replace(place.with_suffix(CLIP))
        else:
            write_wave(place, samples)
    except OSError as error:
        raise ProblemError(FILE_UNWRITABLE(where=str(folder), detail=str(error.strerror))) from error


def _recording(folder: Path, name: str) -> Path | None:
    """The file that says the line of this name, whatever its format."""
    paths = (folder / f"{name}{ending}" for ending in ENDINGS)
    return next((path for path in paths if path.is_file()), None)


@app.command()
def make(config: Config = DEFAULT) -> None:
    """Cho chương trình đọc lời chưa có: espeak-ng, hoặc chương trình mà bảng voices của kiosk.toml nêu."""
    voices = load_voices(config)
    problems: list[Problem] = []
    made = 0
    for language in voices.texts:
        spoken, failed = _make_language(voices, language)
        made += spoken
        problems += failed
    for each in problems:
        _say(str(ProblemError(each)))
    _say(f"{sum(map(len, voices.texts.values()))} lời đọc, {made} vừa tạo")
    if problems:
        raise typer.Exit(1)


def _make_language(voices: Voices, language: str) -> tuple[int, list[Problem]]:
    """How many prompts were made, and the first failure of each program.

    What the language's own program fails on, espeak-ng speaks; a program that failed often is tried no more.
    """
    folder, fallback = made_folder(voices.settings) / language, espeak(language)
    program = voices.settings.voices.get(language, fallback)
    marker = folder / MADE_BY
    # What another program made is made anew.
    earlier = marker.read_text("utf-8") if marker.exists() else fallback
    texts = [
        text
        for text in voices.lacking(language)
        if earlier != program or not (folder / prompt_name(text)).exists()
    ]
    failures: dict[str, list[Problem]] = {each: [] for each in (program, fallback)}
    made = 0
    for text in track(texts, f"Tạo lời đọc ({language})", transient=True):
        for each, failed in failures.items():
            if len(failed) == GIVEN_UP:
                continue
            try:
                make_prompt(text, each, folder / prompt_name(text))
            except ProblemError as error:
                failed.append(error.problem)
            else:
                made += 1
                break
    if texts and len(failures[program]) < GIVEN_UP:
        marker.write_text(program, "utf-8")
    return made, [failed[0] for failed in failures.values() if failed]


def _say(text: str) -> None:
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


def main(arguments: list[str]) -> int:
    """Run one command; 1 where it met a problem, which is printed."""
    try:
        app(arguments, prog_name="hailong-kiosk voices")
    except ProblemError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
