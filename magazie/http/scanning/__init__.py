"""Terminals: the scanning protocol at ``/ws/scan``."""
