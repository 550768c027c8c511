"""Reading a page of one of the shop's listings."""

from collections.abc import Iterable

from magazie.gomag.client import GomagClient
from magazie.gomag.envelope import Answer, is_no_data
from magazie.gomag.paging import Page, read_page
from magazie.ports import Refused, Urgency

_NOTHING = Answer(body=b'{"total":0,"orders":[],"products":[]}', confirmed=False, noise="")


async def read_rows(
    client: GomagClient,
    path: str,
    query: Iterable[tuple[str, str]],
    plural: str,
    *,
    page: int,
    urgency: Urgency,
) -> Page:
    """Read one page of ``plural``; that nothing matched is an empty page.

    Raises:
        ShopError: as the client.
    """

    def decode(answer: Answer) -> Page:
        return read_page(answer.body, plural, asked=page)

    try:
        return await client.read(path, tuple(query), decode, urgency=urgency)
    except Refused as error:
        if is_no_data(error):
            return decode(_NOTHING)
        raise
