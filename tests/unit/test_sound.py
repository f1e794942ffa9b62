"""Sounds and prompts, through the real SDL with its driver that writes what it plays to a file."""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from kiosk.devices.sound import prompt_name, read_wave
from kiosk.settings import ASSETS
from kiosk.voices.making import espeak, make_prompt

PLAY = """
import ctypes, json, sys, time
from pathlib import Path
import kivy
from kiosk.devices.sound import SdlSpeaker
from kiosk.settings import ASSETS
sdl = ctypes.CDLL(str(sorted(Path(kivy.__file__).parent.parent.glob("[Kk]ivy.libs/libSDL2-2*.so*"))[0]))
later = []
after = lambda ms, call: later.append((ms, call))
speaker = SdlSpeaker(sdl, ASSETS / "sounds", [Path(sys.argv[1])], float(sys.argv[2]), after)
for word in sys.argv[3:]:
    speaker.speak(word, "vi") if " " in word else speaker.play(word)
    end = time.monotonic() + 10
    while speaker.state == "ready" and sdl.SDL_GetQueuedAudioSize(speaker._device) and time.monotonic() < end:
        time.sleep(0.01)
    for ms, call in later:
        call()
print(json.dumps({"state": speaker.state, "waits": [ms for ms, _ in later]}))
"""


def played(
    tmp_path: Path, *words: str, volume: float = 1.0, driver: str = "disk"
) -> tuple[dict[str, object], bytes]:
    """What a process of its own said about these words, and the samples it played."""
    heard = tmp_path / "heard.raw"
    environment = {
        **os.environ,
        "SDL_AUDIODRIVER": driver,
        "SDL_DISKAUDIOFILE": str(heard),
        "SDL_DISKAUDIODELAY": "0",
        "KIVY_HOME": str(tmp_path),
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONSOLELOG": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", PLAY, str(tmp_path / "prompts"), str(volume), *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return json.loads(done.stdout.splitlines()[-1]), heard.read_bytes() if heard.exists() else b""


@pytest.mark.programs
@pytest.mark.parametrize("sound", ["press", "thanks", "call"])
def test_every_short_sound_is_heard_whole(tmp_path: Path, sound: str) -> None:
    state, heard = played(tmp_path, sound)
    assert state["state"] == "ready"
    assert read_wave(ASSETS / "sounds" / f"{sound}.wav", 1.0) in heard


@pytest.mark.programs
def test_volume_makes_it_softer(tmp_path: Path) -> None:
    _, heard = played(tmp_path, "press", volume=0.5)
    assert read_wave(ASSETS / "sounds" / "press.wav", 0.5) in heard


@pytest.mark.programs
def test_without_a_loudspeaker_everything_else_works(tmp_path: Path) -> None:
    state, heard = played(tmp_path, "press", driver="no-such-driver")
    assert (state["state"], heard) == ("missing", b"")


@pytest.mark.programs
def test_a_prompt_made_by_espeak_is_spoken(tmp_path: Path) -> None:
    path = tmp_path / "prompts" / "vi" / prompt_name("Rất hài lòng")
    make_prompt("Rất hài lòng", espeak("vi"), path)
    _, heard = played(tmp_path, "Rất hài lòng")
    assert read_wave(path, 1.0) in heard


@pytest.mark.programs
def test_a_text_without_a_prompt_is_silent(tmp_path: Path) -> None:
    _, heard = played(tmp_path, "không có lời đọc")
    assert heard.strip(b"\0") == b""


def test_a_changed_text_never_keeps_an_old_voice() -> None:
    assert prompt_name("Hài lòng") != prompt_name("Hài lòng ")


def test_a_file_in_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(b"\0" * 8)
    with pytest.raises(wave.Error, match=r"stereo\.wav"):
        read_wave(path, 1.0)
