"""What orders work with."""

from dataclasses import dataclass

from magazie.actors.claim_notes import ClaimNotes
from magazie.actors.news import NewsDesk
from magazie.actors.nomenclature import Nomenclature
from magazie.actors.open_picks import OpenPicks
from magazie.actors.runtime import Directory
from magazie.actors.settings_book import SettingsBook
from magazie.ports import Clock
from magazie.storage.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSurroundings:
    """What orders work with: one for all of them, so that none holds more than its own."""

    storage: Storage
    clock: Clock
    news: NewsDesk
    directory: Directory
    nomenclature: Nomenclature
    notes: ClaimNotes
    book: SettingsBook
    picks: OpenPicks
