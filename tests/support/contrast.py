"""How far two colours are apart, as the guidelines for accessible content measure it."""

from __future__ import annotations

__all__ = ["ENOUGH", "contrast"]

#: The least for text of usual size: WCAG 2.2, success criterion 1.4.3.
ENOUGH = 4.5


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, each as six hexadecimal digits.

    By https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
    """
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
