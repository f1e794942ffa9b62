"""Where the files are that come with the product: fonts, forms, holidays."""

from pathlib import Path

import sync


def asset(*parts: str) -> Path:
    """A file or folder of the assets: next to the code in the sources, in the package `kiosk` installed."""
    root = Path(sync.__file__).parents[1]
    places = (root / "assets", root / "kiosk" / "assets")
    return next((place for place in places if place.is_dir()), places[0]).joinpath(*parts)
