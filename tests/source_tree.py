"""The project's own files, as the tests that hold its order read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "magazie"


class Import(NamedTuple):
    """One import statement's target, as the full name of a module."""

    line: int
    target: str


def module_name(file: Path, root: Path = ROOT) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its full name."""
    return {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imports(source: str, module: str, *, is_package: bool, known: frozenset[str]) -> list[Import]:
    """Everything a module imports, wherever the statement stands.

    ``known`` tells ``from package import module`` from ``from module import name``.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [Import(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = _absolute(node, module, is_package=is_package)
            for alias in node.names:
                full = f"{start}.{alias.name}"
                found.append(Import(node.lineno, full if full in known else start))
    return found


def _absolute(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    package = parts[: len(parts) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def imports_of(module: str) -> list[Import]:
    file = modules()[module]
    return imports(
        file.read_text(encoding="utf-8"),
        module,
        is_package=file.name == "__init__.py",
        known=frozenset(modules()),
    )


def project_files() -> Iterator[Path]:
    """What is in the repository, or about to be; without Git, what would be."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git the developer has
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout.decode()
        names = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [path for path in ROOT.rglob("*") if not _is_made(path)]
    return (path for path in names if path.is_file())


def _is_made(path: Path) -> bool:
    made = {".git", ".venv", ".venv-node", "__pycache__", "node_modules", "var", "results"}
    outputs = {"build", "dist", "static"}
    caches = {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    return any(part in made | outputs | caches for part in path.relative_to(ROOT).parts)
