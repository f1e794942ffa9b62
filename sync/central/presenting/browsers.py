"""What a browser reports of itself, in the words of its user. Pure."""

from collections.abc import Sequence

# Browsers report the names of others too: the first one of a list that is found is the right one.
_BROWSERS = (
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """Such as "Cốc Cốc, Windows", of a User-Agent; what is not known stays as it was reported."""
    return ", ".join(filter(None, (_first(_BROWSERS, agent), _first(_SYSTEMS, agent)))) or agent


def _first(names: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for mark, name in names if mark in agent), "")
