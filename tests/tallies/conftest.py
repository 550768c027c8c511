from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tallies.tally_room import TallyRoom


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[TallyRoom]:
    """A room whose books are proved at the end."""
    room = await TallyRoom.furnished(tmp_path)
    yield room
    await room.close()
