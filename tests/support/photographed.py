"""A page as a phone's camera takes it: turned, from the side, out of focus, in bad light, and compressed."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageFilter


def photographed(page: Image.Image) -> Image.Image:
    """The page, 7 degrees turned, its far edge a tenth narrower, a lamp on one side of it."""
    turned = page.convert("L").rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=200)
    wide, high = turned.size
    corners = (-0.05 * wide, 0, 0.06 * wide, high, 0.95 * wide, 1.02 * high, 1.05 * wide, -0.02 * high)
    bent = Image.Transform.QUAD
    tilted = turned.transform(turned.size, bent, corners, Image.Resampling.BICUBIC, fillcolor=200)
    light = Image.linear_gradient("L").rotate(90).resize(tilted.size)
    lamp = light.point([110 + grey * 145 // 255 for grey in range(256)])
    blurred = ImageChops.multiply(tilted, lamp).filter(ImageFilter.GaussianBlur(1.2))
    noisy: Any = Image.blend(blurred, Image.effect_noise(blurred.size, 40), 0.12)
    taken = BytesIO()
    noisy.save(taken, "JPEG", quality=55)
    return Image.open(taken)
