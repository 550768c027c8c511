"""Own codes for goods that came without an EAN."""

import asyncio

from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_actor import ProductActor
from magazie.actors.product_messages import AddCode, UpdateProduct
from magazie.actors.runtime import Directory
from magazie.model.barcodes import own_code_among, own_codes
from magazie.storage.products import AdditionalCode, Product


class OwnCodes:
    """Gives out in-store EANs, one at a time, so that no two products get the same."""

    def __init__(self, directory: Directory, nomenclature: Nomenclature) -> None:
        """One for the service."""
        self._directory = directory
        self._nomenclature = nomenclature
        self._turn = asyncio.Lock()

    async def code_for(self, product: Product, *, as_further: bool) -> str:
        """The text of the product's barcode: its EAN, its own code, or one made for it now.

        An EAN that is there is never changed. A code made for it is stored by its actor, as the
        EAN or as a further code.

        Raises:
            Rejection: the product was changed meanwhile, or is no longer there.

        """
        if product.ean.strip():
            return product.ean
        has_already = own_code_among(further.code for further in product.codes)
        if has_already is not None:
            return has_already
        async with self._turn:
            holders = self._nomenclature.by_code
            code = next(it for it in own_codes(product.id) if set(holders(it)) <= {product.id})
            if holders(code):
                return code  # somebody else asked for it while this waited for its turn
            command = (
                AddCode(code=AdditionalCode(code))
                if as_further
                else UpdateProduct(ean=code, expected_version=product.version)
            )
            await self._directory.ask(ProductActor, product.id, command)
        return code
