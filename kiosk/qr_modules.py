"""The modules of a QR code on the glass. Pure.

Little is corrected (level L): a glass has no stains and no creases, and the code is smaller for it.
"""

from functools import lru_cache

QUIET_ZONE = 4
"""Modules of white around a code (ISO/IEC 18004)."""


@lru_cache(maxsize=4)
def qr_modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """Row by row, True for a dark one; kept, because making them takes tens of milliseconds."""
    import qrcode  # late: most terminals never show one

    code = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_L)
    code.add_data(address)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())
