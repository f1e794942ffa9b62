"""The colours of drawings next to those of the product. Their order is also that of their greys."""

from sync.contract.colours import TEAL

RETURNED, TAGGED, ANSWERED = "#C9D1DC", "#7FA8AC", TEAL
"""Three counts of which each is usually part of the one before: the fewer, the darker and the narrower."""

SHADES = ("#CFE0DF", "#A3C8C8", "#6BA4A7", "#377F84", "#0A4A4F")
"""From little to much, in one hue."""
