"""The house style and the tree's rules, as far as a machine can check them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

AUTOMATIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if (path / "handler.py").exists())
SAME_FILES = ("__init__.py", "handler.py", "events.py", "settings.py")

CODE = ("functions", "layers", "infra", "local")
EVERYTHING = (*CODE, "bench", "tests")

MOST_LINES = 120
MOST_LINES_WITH_A_REASON = 200
REASON = re.compile(r"(?:Over|Longer than) 120 lines(?:: | because )\w+")
"""In the docstring of a file that is longer."""

RULE_TABLES = re.compile(r"functions/\w+/decision(/rules)?\.py")
"""Files whose length is the number of their rules."""

MOST_LINES_OF_A_FUNCTION = 25

ASKS_KUBERNETES = re.compile(r"^\s*(?:import|from) kube\b", re.MULTILINE)

WITHOUT_SKIPS = ("local", "cluster")
SKIPS = re.compile(r"\b(?:skip|skipif|xfail|importorskip)\s*\(|mark\.(?:skip|xfail)|SkipTest")


def _files(*folders: str) -> list[Path]:
    """Find the Python files of these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_an_automation_to_check() -> None:
    assert "proxy_protocol" in AUTOMATIONS


@pytest.mark.parametrize("automation", AUTOMATIONS)
def test_every_automation_has_the_same_files(automation: str) -> None:
    folder = ROOT / "functions" / automation

    assert [name for name in SAME_FILES if not (folder / name).is_file()] == []
    assert (folder / "decision.py").is_file() or (folder / "decision" / "__init__.py").is_file()


@pytest.mark.parametrize("automation", AUTOMATIONS)
def test_every_automation_has_its_construct_its_tests_and_its_page(automation: str) -> None:
    assert (ROOT / "infra" / "automations" / automation / "construct.py").is_file()
    assert (ROOT / "tests" / "infra" / "allowed" / f"{automation}.py").is_file()
    assert list((ROOT / "tests" / "functions" / automation).glob("test_*.py"))
    assert (ROOT / "local" / "stories" / f"{automation}.py").is_file()
    assert (ROOT / "docs" / f"{automation.replace('_', '-')}.md").is_file()


@pytest.mark.parametrize("automation", AUTOMATIONS)
def test_an_automation_that_asks_kubernetes_ships_its_role(automation: str) -> None:
    asks = any(ASKS_KUBERNETES.search(path.read_text()) for path in (ROOT / "functions" / automation).rglob("*.py"))

    assert (ROOT / "docs" / "rbac" / f"{automation.replace('_', '-')}.yaml").is_file() is asks


def test_every_construct_has_its_automation() -> None:
    constructs = {path.parent.name for path in (ROOT / "infra" / "automations").glob("*/construct.py")}

    assert constructs == set(AUTOMATIONS)


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _says_why(path: Path) -> bool:
    return bool(REASON.search(ast.get_docstring(ast.parse(path.read_text())) or ""))


def test_a_file_is_short_or_says_why_not() -> None:
    long = [
        path for path in _files(*EVERYTHING) if _lines(path) > MOST_LINES and not RULE_TABLES.fullmatch(_name(path))
    ]

    assert [_name(path) for path in long if not _says_why(path)] == []


def test_even_with_a_reason_a_file_of_the_product_is_not_long() -> None:
    product = [path for path in _files("functions", "layers", "infra") if not RULE_TABLES.fullmatch(_name(path))]

    assert [_name(path) for path in product if _lines(path) > MOST_LINES_WITH_A_REASON] == []


def test_every_function_is_short() -> None:
    lengths = {
        f"{_name(path)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in _files(*CODE)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_test_against_something_real_is_skipped() -> None:
    files = _files(*(f"tests/{folder}" for folder in WITHOUT_SKIPS))

    assert {_name(path): found for path in files if (found := SKIPS.findall(path.read_text()))} == {}


@pytest.mark.parametrize("text", ["@pytest.mark.skip", "pytest.skip('x')", "pytest.importorskip('x')", "mark.xfail(x)"])
def test_a_skip_would_be_found(text: str) -> None:
    assert SKIPS.search(text)
