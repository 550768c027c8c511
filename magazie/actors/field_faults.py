"""Refusals that name the fields at fault, as the API passes them on."""

import msgspec

from magazie.actors.runtime import Rejection


class FieldFault(msgspec.Struct, frozen=True):
    """What is wrong with one field of what was asked, for a person."""

    field: str
    message: str


class FieldsRefusedError(Rejection):
    """What was asked cannot be done as it stands."""

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


def refuse_if_any(faults: list[FieldFault]) -> None:
    """Refuse with all faults found.

    Raises:
        FieldsRefusedError: There is at least one.

    """
    if faults:
        raise FieldsRefusedError(*faults)
