"""The colours of the product, for the glass, the pages of administrators, drawings and cards."""

GROUND, SURFACE = "#F6F5F1", "#FFFFFF"
"""Warm off-white, and what lies on it. An office's own colours have to be readable on both."""

HAIRLINE = "#DDE1E7"
INK = "#14213D"
QUIET_INK = "#4A5872"

TEAL, LOTUS = "#0B5D63", "#B23A5B"
"""The primary and the accent of an office that has set none."""

LEVELS = {2: "#1B7F5C", 1: "#5E9E4A", 0: "#C79A1E", -1: "#D2702B", -2: "#B5352F"}
"""The colour of each mood, from very satisfied (+2) to very dissatisfied (−2)."""
