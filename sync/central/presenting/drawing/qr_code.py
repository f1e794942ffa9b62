"""A QR code: dark modules as one path on white, with the quiet zone that a camera needs."""

import qrcode

from sync.central.presenting.drawing.markup import Svg, box, filled, picture
from sync.contract.colours import INK, SURFACE

QUIET_ZONE = 4  # modules, as the standard wants


def qr_code(text: str, title: str, width: int = 264) -> Svg:
    """`text` as a QR code; title: what it is for. `width` in CSS pixels."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    module = max(2, width // (len(rows) + 2 * QUIET_ZONE))
    side = module * (len(rows) + 2 * QUIET_ZONE)
    dark = "".join(
        box(module * (x + QUIET_ZONE), module * (y + QUIET_ZONE), module * length, module)
        for y, row in enumerate(rows)
        for x, length in _runs(row)
    )
    body = filled(box(0, 0, side, side), SURFACE) + filled(dark, INK)
    return picture("qr-code", side, side, body, title=title)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    runs: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if is_dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif is_dark:
            runs.append((x, 1))
    return runs
