"""Lines of a text that is still being written: greedy, a key never moves what is before it. Pure."""

from collections.abc import Callable


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break `text` into lines that fit `width`; spaces stay, a word that is too wide is broken anywhere.

    Args:
        text: with or without line ends.
        width: of the box, in the unit of `measure`.
        measure: the width of a piece of one line.

    Returns:
        At least one line; together they are `text` without its line ends.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and measure((line + piece).rstrip(" ")) > width:
                lines.append(line)
                line = ""
            line += piece
            while len(line) > 1 and measure(line.rstrip(" ")) > width:
                cut = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or measure(line[:n]) <= width)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line)
    return lines


def _pieces(paragraph: str) -> list[str]:
    """Words, each with the spaces behind it."""
    pieces: list[str] = []
    for character in paragraph:
        if pieces and (character == " " or not pieces[-1].endswith(" ")):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
