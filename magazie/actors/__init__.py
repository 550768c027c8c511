"""The actors of the storeroom; each file holds one of them, `runtime` what they run on."""
