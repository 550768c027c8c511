"""A film of a label, which Chromium shows as if a camera saw it."""

from pathlib import Path

WIDTH, HEIGHT, MODULE, FRAMES = 640, 480, 4, 10

# EAN-13 by its standard: how wide the four bars of each digit are, and which of the six digits on
# the left have them in reverse, by the first digit.
_DIGITS = "3211 2221 2122 1411 1132 1231 1114 1312 1213 3112".split()  # noqa: SIM905 - a table
_REVERSED = "000000 001011 001101 001110 010011 011001 011100 010101 010110 011010".split()  # noqa: SIM905


def _bars(widths: str, colours: str) -> str:
    return "".join(colours[turn % 2] * int(width) for turn, width in enumerate(widths))


def modules_of(ean: str) -> str:
    """The bars of an EAN-13, 1 for black."""
    digits = [int(digit) for digit in ean]
    left = "".join(
        _bars(_DIGITS[digit][::-1] if is_reversed == "1" else _DIGITS[digit], "01")
        for is_reversed, digit in zip(_REVERSED[digits[0]], digits[1:7], strict=True)
    )
    right = "".join(_bars(_DIGITS[digit], "10") for digit in digits[7:])
    return f"101{left}01010{right}101"


def film(ean: str, target: Path) -> Path:
    """Write the film; bars in the middle, white around them."""
    bars = b"".join(b"\x10" * MODULE if bit == "1" else b"\xeb" * MODULE for bit in modules_of(ean))
    side = (WIDTH - len(bars)) // 2
    line = b"\xeb" * side + bars + b"\xeb" * (WIDTH - side - len(bars))
    white = b"\xeb" * WIDTH
    bright = b"".join(line if 120 <= row < 360 else white for row in range(HEIGHT))
    colour = b"\x80" * (WIDTH * HEIGHT // 2)
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    target.write_bytes(header + (b"FRAME\n" + bright + colour) * FRAMES)
    return target
