"""What is on the screen, for a program that drives the terminal: one line of JSON a picture.

    {"screen": "RatingView", "page": "RatingView result", "notice": "", "told": "",
     "targets": [{"name": "Hài lòng", "box": [288, 305, 224, 383]}, …]}

Boxes are x, y, width, height in pixels from the top left. Names are the words on the targets, the notice is
the short message above the screen, in Vietnamese, `told` the sign for the officer; nothing that a
citizen chose or wrote is in it.
"""

from pathlib import Path

import msgspec

from kiosk.screens.stage import Stage, page_of


def describe(stage: Stage, path: Path) -> None:
    """Append the picture that `stage` shows to the file `path`."""
    if stage.shown is None:
        return
    targets = [
        {"name": target.name, "box": [target.x, stage.height - target.top, target.width, target.height]}
        for target in stage.targets()
    ]
    view = stage.shown.view
    line = msgspec.json.encode(
        {
            "screen": type(view).__name__,
            "page": page_of(view),
            "notice": stage.shown.frame.notice,
            "told": stage.shown.frame.told,
            "targets": targets,
        }
    )
    with path.open("ab") as file:
        file.write(line + b"\n")
