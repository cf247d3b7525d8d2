"""Rules of the Python code that no linter knows: function length, who imports what, where SQL stands."""

import ast
from collections.abc import Iterator

from tests.architecture.source import PythonFile, python_files

LONGEST_FUNCTION = 40
MAY_SPEAK_HTTP = {"media", "push", "whatsapp", "simulator", "transcription"}
HTTP_CLIENTS = {"httpx", "requests", "urllib3", "aiohttp"}
BOT_MAY_IMPORT = {
    "__future__", "ast", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum", "functools",
    "itertools", "json", "math", "msgspec", "operator", "re", "string", "types", "typing", "unicodedata",
    "waia",
}  # fmt: skip
SIMULATOR_MAY_IMPORT = {"kit", "settings", "simulator"}
SQL_WORDS = {
    "select", "insert", "update", "delete", "text", "exists", "func", "literal_column", "union",
    "union_all", "values",
}  # fmt: skip
# Models declare columns, keys and server defaults in SQL's own terms.
SQL_ENDINGS = {"repository", "models"}
SQL_FILES = {
    "chats/access.py", "dashboard/metrics.py", "kit/columns.py", "kit/db.py", "kit/deadline.py", "kit/events.py",
    "kit/migration_journal.py", "kit/queue.py", "kit/sql.py",
}  # fmt: skip


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{file.name}:{function.lineno} {function.name} has {length} lines"
        for file in python_files()
        for function in _functions(file.tree)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not too_long, too_long


def test_only_the_edges_speak_http() -> None:
    trespassers = [
        f"{file.name}:{line} imports {name}"
        for file in python_files()
        if file.feature not in MAY_SPEAK_HTTP
        for line, name in file.imports()
        if _top(name) in HTTP_CLIENTS or name.startswith(("urllib.request", "http.client"))
    ]
    assert not trespassers, trespassers


def test_the_bot_imports_nothing_that_reads_writes_or_tells_the_time() -> None:
    for file in _files_of("bot"):
        for line, name in file.imports():
            assert _top(name) in BOT_MAY_IMPORT, f"{file.name}:{line} imports {name}"
            assert not name.startswith("waia.") or _feature(name) == "bot", f"{file.name}:{line} imports {name}"


def test_the_bot_reads_no_clock() -> None:
    for file in _files_of("bot"):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "utcnow", "today"}, f"{file.name}:{node.lineno}"


def test_the_simulator_is_a_stranger() -> None:
    for file in _files_of("simulator"):
        for line, name in file.imports():
            ours = name.startswith("waia.")
            assert not ours or _feature(name) in SIMULATOR_MAY_IMPORT, f"{file.name}:{line} imports {name}"


def test_sql_stands_only_in_repositories_metrics_and_the_kit() -> None:
    trespassers = [
        f"{file.name}:{line} imports {name}"
        for file in python_files()
        if not _may_hold_sql(file)
        for line, name in file.imports()
        if _top(name) == "sqlalchemy" and name.rpartition(".")[2] in SQL_WORDS
    ]
    assert not trespassers, trespassers


def test_no_module_reaches_sql_through_the_whole_of_sqlalchemy() -> None:
    whole = [
        f"{file.name}:{line} imports {name}"
        for file in python_files()
        if not _may_hold_sql(file)
        for line, name in file.imports()
        if name in {"sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression"} and _is_plain_import(file, line)
    ]
    assert not whole, whole


def test_no_raw_statement_passes_by_sqlalchemy() -> None:
    raw = [
        f"{file.name}:{node.lineno} uses {node.attr}"
        for file in python_files()
        if not _may_hold_sql(file)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"exec_driver_sql", "executescript"}
    ]
    assert not raw, raw


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _files_of(feature: str) -> Iterator[PythonFile]:
    return (file for file in python_files() if file.feature == feature)


def _may_hold_sql(file: PythonFile) -> bool:
    return file.name in SQL_FILES or file.path.stem.rpartition("_")[2] in SQL_ENDINGS


def _is_plain_import(file: PythonFile, line: int) -> bool:
    return any(isinstance(node, ast.Import) and node.lineno == line for node in ast.walk(file.tree))


def _top(name: str) -> str:
    return name.partition(".")[0]


def _feature(name: str) -> str:
    return name.split(".")[1]
