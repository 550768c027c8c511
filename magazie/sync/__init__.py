"""The tasks that do the waiting: they carry between ports and actors."""
