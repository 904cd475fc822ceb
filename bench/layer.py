"""What the layer for Kubernetes weighs, as the CDK zips it."""

import ast
import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

_SILENT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One layer."""

    zipped_mib: float
    compiled: int
    """Files that are made for one machine's architecture."""

    own_lines: int


def weighed(packages: Path, *, own: str) -> Weight:
    """Weigh the layer with these packages, whose zip lies beside it; *own* is our package in it."""
    return Weight(
        zipped_mib=Path(f"{packages.parent}.zip").stat().st_size / 1024**2,
        compiled=len(list(packages.rglob("*.so"))),
        own_lines=sum(code_lines(file.read_text(encoding="utf-8")) for file in (packages / own).rglob("*.py")),
    )


def code_lines(source: str) -> int:
    """Count the lines that are neither empty nor comment nor docstring."""
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in _SILENT
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)
