from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.picking.picking_room import PickingRoom


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[PickingRoom]:
    """A room whose books are proved at the end."""
    room = await PickingRoom.furnished(tmp_path)
    yield room
    await room.close()
