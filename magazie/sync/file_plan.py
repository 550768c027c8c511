"""What is to become of each row of a file: which product it is for, or why it cannot be."""

import enum
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from magazie.actors.field_faults import FieldFault
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.product_messages import CreateProduct, EditProduct, ProductCommand
from magazie.actors.product_rules import faults_of
from magazie.actors.settings_book import SettingsBook
from magazie.files.problems import FileProblem
from magazie.files.rows import FileCode, FileRow
from magazie.model.codes import keys_of
from magazie.model.file_columns import FileKind
from magazie.model.ids import IdSource
from magazie.model.romanian_faults import in_romanian
from magazie.storage.products import AdditionalCode, CodeKind, Product, ProductDraft
from magazie.storage.work_rows import WorkRow

_ONE_PIECE_MILLI: Final = 1000
_COLUMN_OF: Final = {"additional_codes": "additional_code", "prices": "price"}


class RowChange(enum.StrEnum):
    """What a row makes of its product."""

    CREATE = "create"
    CHANGE = "change"
    NONE = "none"


class PlannedRow(msgspec.Struct, frozen=True):
    """A row, the product it is for, and what it makes of it."""

    row: FileRow
    product_id: int
    change: RowChange


class FilePlanner:
    """Plans the rows of one file in their order; a later row knows what an earlier one takes.

    It decides and changes nothing. The ids of new products are drawn here, so that applying a
    plan again creates nothing twice.
    """

    def __init__(
        self,
        kind: FileKind,
        *,
        nomenclature: Nomenclature,
        book: SettingsBook,
        ids: IdSource,
        categories: Collection[int],
    ) -> None:
        """``categories``: the ids there are."""
        self._kind = kind
        self._nomenclature = nomenclature
        self._book = book
        self._ids = ids
        self._categories = categories
        self._taken: dict[str, int] = {}
        self._lines: dict[int, int] = {}

    def product_of(self, row: FileRow) -> int | None:
        """The one product that the row's code finds, if there is just one."""
        found = self._nomenclature.by_code(row.code)
        return found[0] if len(found) == 1 else None

    def plan(
        self, row: FileRow, known: Mapping[int, Product]
    ) -> tuple[PlannedRow | None, list[FileProblem]]:
        """What the row does; ``known`` holds the products that ``product_of`` named."""
        faults = list(self._lookup_faults(row, known))
        if faults:
            return None, faults
        product_id = self.product_of(row)
        product = known.get(product_id) if product_id is not None else None
        wanted = wanted_of(row, product)
        faults = [_problem(row, fault) for fault in faults_of(wanted, self._book)]
        if row.category_id is not None and row.category_id not in self._categories:
            fault = FieldFault("category_id", "there is no such category")
            faults.append(_problem(row, fault))
        faults += self._code_faults(row, wanted, product_id)
        faults += _price_faults(row, product)
        faults += self._repeat_faults(row, product_id)
        if faults:
            return None, faults
        self._take(row, wanted)
        if product_id is not None:
            self._lines[product_id] = row.line
        if product is None:
            return PlannedRow(row, self._ids.next_id(), RowChange.CREATE), []
        change = RowChange.NONE if wanted == product else RowChange.CHANGE
        return PlannedRow(row, product.id, change), []

    def _lookup_faults(self, row: FileRow, known: Mapping[int, Product]) -> Iterator[FileProblem]:
        found = self._nomenclature.by_code(row.code)
        if len(found) > 1:
            yield FileProblem(
                row.line,
                "code",
                "mai multe produse au acest cod",
                "several products have this code",
            )
        elif not found and self._kind is not FileKind.PRODUCTS:
            yield FileProblem(
                row.line, "code", "niciun produs nu are acest cod", "no product has this code"
            )
        elif not found and "name" not in row.texts:
            yield FileProblem(
                row.line,
                "name",
                "un produs nou trebuie să aibă denumire",
                "a new product needs a name",
            )
        elif found and self._kind is FileKind.PRODUCTS:
            product = known.get(found[0])
            if product is not None and not set(keys_of(product.code)) & set(keys_of(row.code)):
                yield FileProblem(
                    row.line,
                    "code",
                    f"este alt cod al produsului {product.code}",
                    f"it is another code of the product {product.code}",
                )

    def _code_faults(
        self, row: FileRow, wanted: ProductDraft, product_id: int | None
    ) -> Iterator[FileProblem]:
        """Codes of the row that mean another product, here or on an earlier line."""
        given = [("ean", row.texts.get("ean", ""))]
        given += [("additional_code", each.code) for each in row.codes]
        if product_id is None:
            given.append(("code", wanted.code))
        for column, text in given:
            others = set(self._nomenclature.by_code(text)) - {product_id}
            if others:
                yield FileProblem(
                    row.line,
                    column,
                    f"{text} este al altui produs",
                    f"{text} belongs to another product",
                )
            for key in keys_of(text)[-1:]:
                line = self._taken.get(key, row.line)
                if line != row.line:
                    yield FileProblem(
                        row.line,
                        column,
                        f"{text} este și pe linia {line}",
                        f"{text} stands on line {line} too",
                    )

    def _repeat_faults(self, row: FileRow, product_id: int | None) -> Iterator[FileProblem]:
        """The last of several lines on one product would win; further codes are many."""
        line = self._lines.get(product_id) if product_id is not None else None
        if line is not None and self._kind is not FileKind.CODES:
            yield FileProblem(
                row.line,
                "code",
                f"produsul este și pe linia {line}",
                f"line {line} is about the same product",
            )

    def _take(self, row: FileRow, wanted: ProductDraft) -> None:
        own = wanted.code if self._kind is FileKind.PRODUCTS else ""
        for text in (own, row.texts.get("ean", ""), *(each.code for each in row.codes)):
            for key in keys_of(text)[-1:]:
                self._taken.setdefault(key, row.line)


def _price_faults(row: FileRow, product: Product | None) -> Iterator[FileProblem]:
    """Spreadsheets show nothing as 0: goods that had a price must not be sold for none."""
    before = product.prices if product is not None else {}
    for warehouse, price_e4 in row.prices.items():
        if price_e4 == 0 and before.get(warehouse) != 0:
            yield FileProblem(
                row.line,
                f"price {warehouse}",
                "trebuie să fie mai mare ca 0",
                "must be more than 0",
            )


def wanted_of(row: FileRow, product: Product | None) -> ProductDraft:
    """The record as the row wants it."""
    fields = _fields(row)
    prices = dict(row.prices)
    if product is None:
        codes = tuple(sorted((_code(each) for each in row.codes), key=lambda each: each.code))
        return ProductDraft(code=row.code, codes=codes, prices=prices, **fields)
    codes = product.codes + tuple(_code(each) for each in row.codes)
    unique = {(each.code, each.kind, each.pieces_milli): each for each in codes}
    return msgspec.structs.replace(
        product,
        codes=tuple(sorted(unique.values(), key=lambda each: each.code)),
        prices=dict(sorted({**product.prices, **prices}.items())),
        **fields,
    )


def command_of(planned: PlannedRow, work: WorkRow, kind: FileKind) -> ProductCommand | None:
    """What the row's product is asked, once; None: nothing.

    A file of prices is a person's word on just those; in a file of products they may stand in a
    column that slipped.
    """
    row = planned.row
    if planned.change is RowChange.CREATE:
        return CreateProduct(draft=wanted_of(row, None))
    if planned.change is RowChange.NONE:
        return None
    return EditProduct(
        **_fields(row),
        further_codes=tuple(_code(code) for code in row.codes),
        selling_prices=row.prices,
        row=work,
        by_person=kind is FileKind.PRICES,
    )


def _fields(row: FileRow) -> dict[str, Any]:
    """The fields that the row says something of."""
    fields: dict[str, Any] = dict(row.texts)
    for name in ("vat_rate_e2", "weight_milli", "category_id", "tracking"):
        value = getattr(row, name)
        if value is not None:
            fields[name] = value
    return fields


def _code(code: FileCode) -> AdditionalCode:
    is_one = code.pieces_milli == _ONE_PIECE_MILLI
    kind = CodeKind.ADDITIONAL if is_one else CodeKind.PACKAGING
    return AdditionalCode(code.code, kind, code.pieces_milli)


def _problem(row: FileRow, fault: FieldFault) -> FileProblem:
    head = fault.field.partition(".")[0].partition("[")[0]
    column = _COLUMN_OF.get(head, head)
    return FileProblem(row.line, column, in_romanian(fault.message), fault.message)
