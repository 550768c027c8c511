"""Proofs that the books are right: read-only, over one committed state."""

from magazie.storage.books.check import BooksReport, check_books
from magazie.storage.books.findings import Fault
from magazie.storage.books.picture import DatabaseOutdatedError

__all__ = ["BooksReport", "DatabaseOutdatedError", "Fault", "check_books"]
