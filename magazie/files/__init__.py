"""Files that people exchange with the storeroom: tables, stickers. Nothing here knows actors."""
