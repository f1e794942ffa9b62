"""Several criteria on a page, as rows under one line of labels: how many fit, and where they are. Pure.

A cell to be touched is never lower or narrower than 15 mm. Where fewer than three such rows fit, and where
somebody chose larger text, every question has a page of its own.
"""

from math import hypot

from msgspec import Struct
from msgspec.structs import replace

from kiosk.widgets.theme import LINE_HEIGHT, Box, Theme, boxes

FEWEST, MOST = 3, 5
"""Rows that share a page."""

COLUMNS = 6
"""Five levels and "không áp dụng": the most that are side by side."""

INCHES = 10.1
"""The largest diagonal assumed for a panel that does not report its size."""

SMALLEST_SCALE = 0.9
"""Of a window whose rows can be read: 1280×720."""

QUESTION = 0.38
"""Share of the width that the questions take where they are left of their faces."""

REACH = 0.66
"""Share of a page in portrait that the faces take up at most, from below."""

LEAST_QUESTION = 15
"""Width of that column in em of its type: two lines of 38 characters fit in a type not much smaller."""

LEAST_HEAD = 5.1
"""Width of a cell in em of the label above it: its longest words stay whole. Questions give way first."""

AFTER_QUESTION = 24
AFTER_HEADS = 4
BETWEEN = 8
HIGHEST = 128
"""Of a cell that need not be higher; what is left of the page stays empty."""


class CriteriaLayout(Struct, frozen=True):
    """Where everything is: a head for each column, for each row its question and its cells."""

    heads: tuple[Box, ...]
    questions: tuple[Box, ...]
    cells: tuple[tuple[Box, ...], ...]


def criteria_that_fit(theme: Theme) -> int:
    """How many criteria may share a page of this window, from 1 to 5."""
    if theme.scale < SMALLEST_SCALE or theme.text_step:
        return 1
    dpi = theme.dpi or round(hypot(theme.width, theme.height) / INCHES)
    theme = replace(theme, dpi=dpi)
    _, _, width, height = boxes(theme)[2]
    least, between = theme.millimetres(15), theme.dp(BETWEEN)
    cells = COLUMNS * least + (COLUMNS - 1) * between
    question = 0 if theme.portrait else LEAST_QUESTION * question_size(theme) + theme.dp(AFTER_QUESTION)
    if cells + question > width:
        return 1
    apart = _apart(theme)
    row = least + _question_above(theme) + apart
    fit = (_room(theme, height) + apart) // row
    return min(MOST, fit) if fit >= FEWEST else 1


def question_size(theme: Theme) -> int:
    """The wanted type size of a question in its row."""
    return theme.type(28)


def head_size(theme: Theme) -> int:
    """The type size of the labels above the columns."""
    return theme.help


def criteria_layout(theme: Theme, box: Box, rows: int, columns: int) -> CriteriaLayout:
    """Share `box` among rows and columns: questions left of their faces, in portrait above them."""
    x, y, width, height = box
    between, above, apart = theme.dp(BETWEEN), _question_above(theme), _apart(theme)
    head, aside = _head(theme), _question_alongside(theme, width)
    step = (width - aside + between) / columns
    across = [(round(x + aside + place * step), round(step - between)) for place in range(columns)]
    highest = max(theme.dp(HIGHEST), theme.answer)
    if theme.portrait:
        highest = min(highest, across[0][1])
    high = min(highest, (_room(theme, height) + apart) // rows - apart - above)
    whole = head + rows * (high + above + apart) - apart
    top = y + (whole if theme.portrait else (height + whole) // 2)
    bottoms = [top - head - (row + 1) * (high + above + apart) + apart for row in range(rows)]
    inset, after = theme.dp(4), theme.dp(AFTER_HEADS)
    heads = tuple(
        (start + inset, top - head + after, wide - 2 * inset, head - after) for start, wide in across
    )
    if theme.portrait:
        questions = tuple((x, bottom + high + between, width, above - between) for bottom in bottoms)
    else:
        room = aside - theme.dp(AFTER_QUESTION)
        questions = tuple((x, bottom, room, high) for bottom in bottoms)
    cells = tuple(tuple((start, bottom, wide, high) for start, wide in across) for bottom in bottoms)
    return CriteriaLayout(heads, questions, cells)


def _room(theme: Theme, height: int) -> int:
    """Height for all rows; in portrait within reach of somebody who sits, and of a child."""
    room = height - _head(theme)
    return min(room, round(height * REACH) + _question_above(theme)) if theme.portrait else room


def _apart(theme: Theme) -> int:
    """Pixels between two rows."""
    return theme.gap if theme.portrait else theme.dp(BETWEEN)


def _head(theme: Theme) -> int:
    """Height of the labels above the columns: two lines, and what follows them."""
    return round(2 * LINE_HEIGHT * head_size(theme)) + theme.dp(AFTER_HEADS)


def _question_above(theme: Theme) -> int:
    """Height of a question above its faces; 0 where it is left of them."""
    return round(2 * LINE_HEIGHT * question_size(theme)) + theme.dp(BETWEEN) if theme.portrait else 0


def _question_alongside(theme: Theme, width: int) -> int:
    """Width of the questions' column and what follows it, the same for five and six columns; 0 for none."""
    if theme.portrait:
        return 0
    cell = max(theme.answer, round(LEAST_HEAD * head_size(theme)))
    cells = COLUMNS * cell + (COLUMNS - 1) * theme.dp(BETWEEN)
    return round(min(width * QUESTION + theme.dp(AFTER_QUESTION), width - cells))
