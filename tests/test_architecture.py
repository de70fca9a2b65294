"""The house keeps its shape: imports point down, the domain is pure, reads never write, nothing is left behind."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tracker"

LAYERS = [
    {"errors", "clock", "version"},
    {"market_calendar", "domain"},
    {"db", "committing", "alone", "prose", "guide"},
    {"models", "storage", "mail", "search", "extraction", "guide_search"},
    {"backups", "serving"},
    {"upgrading"},
    {"queries"},
    {"actions"},
    {"jobs"},
    {"worker", "demo"},
    {"web", "cli"},
]
"""From the bottom up; a module imports its own layer or a lower one. Doors never import each other."""

FRAMEWORKS = {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug", "whoosh", "click"}
NO_FRAMEWORK = {"errors", "clock", "market_calendar", "domain", "prose", "models", "queries", "actions", "jobs"}


def modules() -> list[Path]:
    """Every module of the product but the one that ties it together."""
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def part_of(path: Path) -> str:
    """The part of the house that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """The dotted names that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(part: str) -> int:
    """How high a part stands. An unknown part fails: the house has no room without a place in the plan."""
    return next(height for height, parts in enumerate(LAYERS) if part in parts)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    part = part_of(path)
    for name in imports_of(path):
        if name.startswith("tracker."):
            other = name.split(".")[1]
            if (PACKAGE / other).exists() or (PACKAGE / f"{other}.py").exists():
                assert other == part or layer_of(other) <= layer_of(part), f"{part} imports {name}"
                assert {other, part} != {"web", "cli"}, "doors never import each other"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_core_knows_no_framework(path: Path) -> None:
    if part_of(path) in NO_FRAMEWORK:
        used = {name.split(".")[0] for name in imports_of(path)}
        assert not used & FRAMEWORKS


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: path.name)
def test_domain_imports_the_standard_library_only(path: Path) -> None:
    for name in imports_of(path):
        root = name.split(".")[0]
        assert root in sys.stdlib_module_names or name.startswith("tracker.domain"), name


@pytest.mark.parametrize("path", sorted((PACKAGE / "queries").glob("*.py")), ids=lambda path: path.name)
def test_queries_never_write(path: Path) -> None:
    names = set(imports_of(path))
    assert not any(name.startswith("tracker.actions") for name in names)
    assert not names & {"sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
    assert "db.session.add" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_clock_reads_the_time(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name != "clock.py":
        assert "datetime.now(" not in text
        assert "date.today(" not in text


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_holds_too_much(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_function_does_too_much(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {function.name: lines for function in functions if (lines := lines_of(function)) > 40} == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines it has, from `def` to its last, without its docstring."""
    first = function.body[0]
    told = ast.get_docstring(function) is not None
    return _span(function) - (_span(first) if told else 0)


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


CODE_AT = {"Sentence": 0, "refused": 0, "Quota": 1}
"""Which argument of a call is the code of a sentence."""

HANDED_ON = {"self.code", "code", "f'view-{trouble}'"}
"""Codes that come from such a call, or of a table: one word for each trouble with a view."""


def codes_of(path: Path) -> Iterator[str]:
    """The codes of the sentences that a module makes, as they are written."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODE_AT:
            yield ast.unparse(node.args[CODE_AT[node.func.id]])


def test_a_code_says_one_sentence() -> None:
    """Whoever reads the code knows the words: each is written in one place."""
    codes = Counter(code for path in modules() for code in codes_of(path) if code not in HANDED_ON)
    assert {code for code in codes if not ast.literal_eval(code)} == set(), "a code is a literal"
    assert {code: times for code, times in codes.items() if times > 1} == {}


WHO_SERVES = {"rep_duns", "gaining_duns", "losing_duns", "RepOfRecord", "load_profile"}
MAY_READ_IT = {"queries/disclosure.py", "queries/registry.py", "queries/claims.py"}
"""Each of their statements carries the condition of `disclosure`."""

HOLD_IT = {"models", "demo", "domain/registry_files.py", "actions/registry_import.py"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_who_serves_is_read_in_one_place(path: Path) -> None:
    name = str(path.relative_to(PACKAGE))
    if name not in MAY_READ_IT and not HOLD_IT & {name, name.split("/")[0]}:
        words = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        words |= {one.split(".")[-1] for one in imports_of(path)}
        assert not words & WHO_SERVES
