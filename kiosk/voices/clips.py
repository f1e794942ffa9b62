"""A question in sign language, examined before a citizen sees it: a ZIP file of frames."""

from pathlib import Path

from kiosk.devices.frames import A_SECOND, Frames

CLIP = ".zip"
SHORTEST, LONGEST = 1, 60  # seconds
LARGEST = 800  # pixels, of either side
MOST_BYTES = 40 * 1024 * 1024


def clip_fault(path: Path) -> str:
    """Why this clip can't be shown, in Vietnamese; "" it can."""
    if path.stat().st_size > MOST_BYTES:
        return f"lớn hơn {MOST_BYTES // 1024 // 1024} MB"
    frames = Frames(path)
    try:
        seconds = len(frames) / A_SECOND
        if not SHORTEST <= seconds <= LONGEST:
            return f"có {len(frames)} ảnh JPEG hoặc PNG, dài {seconds:.0f} giây (cần {SHORTEST}–{LONGEST})"
        sizes = set()
        for place, name in enumerate(frames.names):
            frame = frames.frame(place)
            if frame is None:
                return f"không đọc được ảnh {name}"
            sizes.add((frame.width, frame.height))
    finally:
        frames.close()
    if len(sizes) > 1 or max(sizes.pop()) > LARGEST:
        return f"các ảnh phải cùng cỡ, mỗi cạnh không quá {LARGEST} điểm"
    return ""
