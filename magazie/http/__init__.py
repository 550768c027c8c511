"""The HTTP edge: what other programs and people reach the storeroom through."""
