"""What fetching images asks of the outside."""

from typing import Protocol


class ImageSource(Protocol):
    """Brings what lies under an address that a stranger named."""

    async def fetch(self, url: str) -> bytes:
        """The bytes, whatever they are, within the source's limits of size and time.

        Raises:
            ImageRefusedError: there are none to be had, or the address may not be asked.

        """


class ClosingImageSource(ImageSource, Protocol):
    """A source that holds connections."""

    async def close(self) -> None:
        """Let them go."""
