"""What is read for people and other programs: whole pages, one module for each kind of record."""
