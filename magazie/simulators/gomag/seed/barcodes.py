from random import Random

_PREFIX = "594"
JUNK = ("0", "-", "0000000000000", "https://exemplu.example/p/12", "N/A", "594ABC0000017")
"""What people type where a barcode should be."""


def check_digit(digits: str) -> str:
    """Return the GS1 check digit of the digits before it."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits)))
    return str(-total % 10)


class BarcodeMaker:
    """Makes barcodes that do not repeat, with right check digits."""

    def __init__(self, random: Random) -> None:
        self._start = random.randrange(10**9)
        self._made = 0

    def ean13(self) -> str:
        """Return a 13-digit code with the Romanian prefix."""
        digits = _PREFIX + f"{self._next(10**9):09d}"
        return digits + check_digit(digits)

    def ean8(self) -> str:
        """Return an 8-digit code."""
        digits = _PREFIX + f"{self._next(10**4):04d}"
        return digits + check_digit(digits)

    def upc(self) -> str:
        """Return a 12-digit code of American make."""
        digits = "0" + f"{self._next(10**10):010d}"
        return digits + check_digit(digits)

    def _next(self, size: int) -> int:
        self._made += 1
        return (self._start + self._made * 7_919) % size
