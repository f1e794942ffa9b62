"""Where a touch counts on a panel whose glass and picture disagree: six numbers, as libinput has them."""

TouchMatrix = tuple[float, float, float, float, float, float]
AS_IT_IS: TouchMatrix = (1, 0, 0, 0, 1, 0)


def corrected(x: float, y: float, matrix: TouchMatrix) -> tuple[float, float]:
    """Where a touch at (x, y) counts, in parts of the panel; y from the bottom, the matrix from the top."""
    a, b, c, d, e, f = matrix
    down = 1 - y
    right, low = a * x + b * down + c, d * x + e * down + f
    return min(max(right, 0.0), 1.0), 1 - min(max(low, 0.0), 1.0)
