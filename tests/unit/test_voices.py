"""The voices of a terminal: listed, read from a script, recorded, imported, and spoken by a program."""

import os
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.devices.sound import RATE, prompt_name
from kiosk.settings import load_settings
from kiosk.voices.clips import clip_fault
from kiosk.voices.commands import app, load_voices
from kiosk.voices.making import MADE_BY, espeak, make_prompt
from kiosk.voices.microphone import record
from kiosk.voices.recording import fault, read_recording
from kiosk.voices.script import SCRIPT, Line, read_script, write_script
from sync.contract.problem import ProblemError
from tests.unit.test_clips import clip, frame

ROOT = Path(__file__).parents[2]
QUESTION = "Ông/bà có hài lòng về kết quả giải quyết thủ tục không?"
ALSA = 'pcm.reader {{ type file slave.pcm "null" file "/dev/null" infile "{0}" format "raw" }}'
"""A microphone that hears what is in a file."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """kiosk.toml of a terminal that says little: one question in Vietnamese, a word of it in English."""
    shutil.copytree(ROOT / "deploy" / "sample", tmp_path / "bundle")
    (tmp_path / "bundle" / "surveys").mkdir()
    shutil.copy(ROOT / "assets" / "surveys" / "kien-hung.toml", tmp_path / "bundle" / "surveys")
    (tmp_path / "bundle" / "plans").mkdir()
    (tmp_path / "bundle" / "plan.toml").rename(tmp_path / "bundle" / "plans" / "phuong-mau.toml")
    path = tmp_path / "kiosk.toml"
    path.write_text(
        'device = "may-01"\nunit = "phuong-mau"\nsurvey = "kien-hung"\n[office]\nname.vi = "Phường Mẫu"\n',
        "utf-8",
    )
    return path


def said(text: str, path: Path, *options: str) -> Path:
    """A recording as espeak-ng makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["espeak-ng", "-v", "vi", *options, "-w", str(path), "--", text], check=True)
    return path


def run(*arguments: object, code: int = 0) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def stereo(source: Path, path: Path, rate: int) -> Path:
    """The same recording with two channels, at another rate."""
    with wave.open(str(source), "rb") as heard, wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        mono = heard.readframes(heard.getnframes())
        file.writeframes(b"".join(mono[at : at + 2] * 2 for at in range(0, len(mono), 2)))
    return path


@pytest.mark.programs
@pytest.mark.parametrize("ending", ["ogg", "stereo.wav"])
def test_recordings_of_any_usual_format_are_read_at_our_rate(tmp_path: Path, ending: str) -> None:
    source = said(QUESTION, tmp_path / "said.wav")
    path = tmp_path / f"x.{ending}"
    if ending == "ogg":
        subprocess.run(["oggenc", "-Q", "-o", str(path), str(source)], check=True)
    else:
        stereo(source, path, RATE)
    assert len(read_recording(path)) == pytest.approx(len(read_recording(source)), abs=RATE // 10)
    assert fault(read_recording(path), QUESTION) == ""


@pytest.mark.programs
def test_a_recording_of_another_rate_is_made_ours(tmp_path: Path) -> None:
    source = said(QUESTION, tmp_path / "said.wav")
    fast = stereo(source, tmp_path / "fast.wav", 2 * RATE)
    assert len(read_recording(fast)) == pytest.approx(len(read_recording(source)) / 2, abs=RATE // 10)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("options", "text", "wrong"),
    [
        (("-a", "2"), QUESTION, "quá nhỏ"),
        (("-a", "200"), "Có", ""),
        ((), "Có " * 90, "quá ngắn"),
    ],
)
def test_a_recording_that_nobody_could_follow_is_refused(
    tmp_path: Path, options: tuple[str, ...], text: str, wrong: str
) -> None:
    samples = read_recording(said(QUESTION[:40], tmp_path / "x.wav", *options))
    assert wrong in fault(samples, text)
    assert bool(wrong) == bool(fault(samples, text))


@pytest.mark.programs
def test_too_long_and_too_loud_are_refused(tmp_path: Path) -> None:
    samples = read_recording(said(QUESTION * 3, tmp_path / "x.wav"))
    assert "quá dài" in fault(samples, "Có")
    for place in range(0, len(samples), 50):
        samples[place] = 32767
    assert "vỡ" in fault(samples, QUESTION)


@pytest.mark.programs
def test_silence_at_both_ends_is_cut(tmp_path: Path) -> None:
    path = said("Có", tmp_path / "x.wav")
    spoken = len(read_recording(path))
    with wave.open(str(path), "rb") as file:
        frames = file.readframes(file.getnframes())
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(4 * RATE) + frames + bytes(4 * RATE))
    assert len(read_recording(path)) == pytest.approx(spoken, abs=RATE // 5)


@pytest.mark.programs
def test_a_script_is_read_recorded_and_taken(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thu"
    assert "chưa có người thu" in run("export", folder, "--config", config)
    lines = read_script(folder)
    assert lines[0] == Line("001-phieu-khao-sat-muc-do-hai-long", lines[0].text)
    for line in lines[:2]:
        said(line.text, folder / f"{line.file}.wav")
    (folder / f"{lines[2].file}.wav").write_bytes(b"nothing")
    said("Có", folder / "la.wav")
    output = run("import", folder, "--config", config, code=1)
    assert "Đã nhận 2 bản thu, từ chối 2" in output
    assert f"{lines[2].file}.wav]" in output
    assert f"{SCRIPT} không nêu tệp này" in output
    recorded = tmp_path / "data" / "voices" / "vi"
    assert {path.name for path in recorded.iterdir()} == {prompt_name(line.text) for line in lines[:2]}
    assert lines[0].text not in run("list", "--config", config, "--language", "vi")
    assert lines[2].text in run("list", "--config", config, "--language", "vi")


def test_a_question_in_sign_language_is_taken_next_to_its_prompt(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thu"
    run("export", folder, "--config", config)
    first, second, *_ = read_script(folder)
    clip(folder / f"{first.file}.zip", *[frame()] * 12)
    (folder / f"{second.file}.zip").write_bytes(b"nothing")
    assert "Đã nhận 1 bản thu, từ chối 1" in run("import", folder, "--config", config, code=1)
    taken = tmp_path / "data" / "voices" / "vi" / prompt_name(first.text)
    assert clip_fault(taken.with_suffix(".zip")) == ""
    assert not taken.exists()


@pytest.mark.programs
def test_a_recording_of_a_text_that_is_no_longer_said_is_refused(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thu"
    write_script(folder, [Line("001-cu", "Câu hỏi cũ")])
    said("Câu hỏi cũ", folder / "001-cu.wav")
    assert "không còn đọc" in run("import", folder, "--config", config, code=1)


def test_a_script_is_never_written_over_one_that_recordings_go_by(config: Path, tmp_path: Path) -> None:
    run("export", tmp_path / "thu", "--config", config)
    with pytest.raises(ProblemError, match="HL3018"):
        run("export", tmp_path / "thu", "--config", config)


def test_a_script_that_excel_wrote_back_is_read(tmp_path: Path) -> None:
    (tmp_path / SCRIPT).write_text("tệp;lời\r\n001-co;Có, thưa\r\n", "utf-8-sig")
    assert read_script(tmp_path) == [Line("001-co", "Có, thưa")]
    (tmp_path / SCRIPT).write_text("a,b\n", "utf-8")
    with pytest.raises(ProblemError, match="HL1003"):
        read_script(tmp_path)


def test_a_language_that_the_terminal_does_not_speak_is_refused(config: Path) -> None:
    with pytest.raises(ProblemError, match="HL1003"):
        run("list", "--config", config, "--language", "fr")


def grown(path: Path) -> Callable[[], object]:
    """Waits until something was recorded."""

    def wait() -> None:
        end = time.monotonic() + 20
        while not path.exists() or path.stat().st_size < 2 * RATE:
            assert time.monotonic() < end
            time.sleep(0.01)

    return wait


@pytest.mark.programs
def test_a_script_is_recorded_line_by_line_and_a_bad_recording_anew(tmp_path: Path) -> None:
    raw = said(QUESTION, tmp_path / "said.wav").read_bytes()[44:]
    (tmp_path / "said.raw").write_bytes(raw)
    (tmp_path / ".asoundrc").write_text(ALSA.format(tmp_path / "said.raw"))
    write_script(tmp_path, [Line("001", "Ô " * 200), Line("002", QUESTION), Line("003", QUESTION)])
    command = [sys.executable, "-m", "kiosk", "voices", "record", str(tmp_path), "--microphone", "reader"]
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as recorder:
        assert recorder.stdin
        assert recorder.stdout
        for name, then in (("001", "b"), ("002", "k")):
            recorder.stdin.write("\n")
            recorder.stdin.flush()
            grown(tmp_path / f"{name}.wav")()
            recorder.stdin.write(f"\n{then}\n")
            recorder.stdin.flush()
        output = recorder.stdout.read()
    assert recorder.returncode == 0
    assert "Thu lại: dài" in output
    assert sorted(path.name for path in tmp_path.glob("0*.wav")) == ["002.wav"]
    assert max(map(abs, read_recording(tmp_path / "002.wav"))) > 1000


@pytest.mark.programs
def test_without_a_microphone_the_reason_is_given(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="HL2019"):
        record(tmp_path / "x.wav", "no-such-microphone", lambda: time.sleep(0.5))


@pytest.mark.programs
def test_without_arecord_the_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProblemError, match=r"HL2019.*alsa-utils"):
        record(tmp_path / "x.wav", "", lambda: None)


@pytest.mark.programs
@pytest.mark.parametrize("program", [espeak("vi"), "espeak-ng -v vi-vn-x-south --stdin -w {file}"])
def test_a_program_speaks_what_it_is_given(tmp_path: Path, program: str) -> None:
    path = tmp_path / "vi" / prompt_name(QUESTION)
    make_prompt(QUESTION, program, path)
    assert fault(read_recording(path), QUESTION) == ""
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.programs
@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("no-such-program {file}", "No such file"),
        ("espeak-ng -v rad -w {file} -- {text}", "does not exist"),
        ("touch {file}", "không đọc được"),
    ],
)
def test_a_program_that_fails_says_why(tmp_path: Path, program: str, reason: str) -> None:
    path = tmp_path / prompt_name(QUESTION)
    with pytest.raises(ProblemError, match="HL3020") as caught:
        make_prompt(QUESTION, program, path)
    assert reason in caught.value.problem.detail
    assert not list(tmp_path.iterdir())


LEFT = 5


@pytest.fixture
def mostly_recorded(config: Path) -> list[str]:
    """The few texts of that terminal that nobody recorded; it speaks Vietnamese alone."""
    config.write_text(config.read_text("utf-8").replace("[office]", 'languages = ["vi"]\n[office]'), "utf-8")
    texts = load_voices(config).of("vi")
    path = said("Có", config.parent / "data" / "voices" / "vi" / prompt_name(texts[0]))
    for text in texts[1:-LEFT]:
        shutil.copy(path, path.with_name(prompt_name(text)))
    return texts[-LEFT:]


@pytest.mark.programs
def test_what_nobody_recorded_a_program_speaks_and_another_one_anew(
    config: Path, mostly_recorded: list[str]
) -> None:
    settings = config.read_text("utf-8")
    assert f" {LEFT} vừa tạo" in run("make", "--config", config)
    assert " 0 vừa tạo" in run("make", "--config", config)
    prompt = config.parent / "data" / "prompts" / "vi" / prompt_name(mostly_recorded[0])
    northern = prompt.read_bytes()
    config.write_text(settings + '[voices]\nvi = "espeak-ng -v vi-vn-x-south --stdin -w {file}"\n', "utf-8")
    assert f" {LEFT} vừa tạo" in run("make", "--config", config)
    assert prompt.read_bytes() != northern
    assert (prompt.parent / MADE_BY).read_text("utf-8").startswith("espeak-ng -v vi-vn-x-south")
    assert " 0 vừa tạo" in run("make", "--config", config)


@pytest.mark.programs
def test_where_the_program_is_missing_espeak_speaks_and_the_reason_is_given(
    config: Path, mostly_recorded: list[str]
) -> None:
    config.write_text(config.read_text("utf-8") + '[voices]\nvi = "piper -m vi.onnx -f {file}"\n', "utf-8")
    output = run("make", "--config", config, code=1)
    assert "HL3020" in output
    assert f" {LEFT} vừa tạo" in output
    prompts = config.parent / "data" / "prompts" / "vi"
    assert all((prompts / prompt_name(text)).exists() for text in mostly_recorded)
    assert not (prompts / MADE_BY).exists()


def test_a_program_that_names_no_file_is_refused(config: Path) -> None:
    config.write_text(config.read_text("utf-8") + '[voices]\nvi = "piper"\n', "utf-8")
    with pytest.raises(ProblemError, match=r"HL1003.*voices\.vi"):
        load_settings(config)


@pytest.mark.programs
def test_the_installed_command_leads_to_the_voices(config: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "voices", "list", "--config", str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Tiếng Việt" in done.stdout
    wrong = subprocess.run([*command[:-1], "/nowhere"], cwd=ROOT, capture_output=True, text=True)
    assert (wrong.returncode, "HL1001" in wrong.stderr) == (1, True)
