"""The parts of dynaconf that the package depends on."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dynaconf

import dynaconf_cluster

PACKAGE = Path(dynaconf_cluster.__path__[0])
MODULES = {path.stem: ast.parse(path.read_text("utf-8")) for path in PACKAGE.glob("*.py")}

IMPORTED = {
    "dynaconf": "its location, so that warnings point outside it",
    "dynaconf.base.Settings": "the base class of ours",
    "dynaconf.loaders.base.SourceMetadata": "the source of a setting, in the history",
    "dynaconf.loaders.env_loader": "a loader if the environment is read",
    "dynaconf.utils.functional.empty": "the default of omitted arguments",
    "dynaconf.utils.missing": "the marker for missing settings",
    "dynaconf.utils.parse_conf.Lazy": "the base class of lazy values",
    "dynaconf.utils.parse_conf.apply_converter": "applies a cast",
    "dynaconf.utils.parse_conf.converters": "the available casts",
    "dynaconf.utils.parse_conf.parse_conf_data": "parses a value as dynaconf does",
    "dynaconf.utils.upperfy": "the case of top-level names",
}
USED = {
    "filter_strategy": "filters environment variables",
    "find_file": "finds a file as dynaconf does",
    "get": "looks up a setting",
    "loaded_by_loaders": "the history, in which the file is recorded",
    "loaders": "the loaders in use",
    "path_for": "resolves a path in the settings directory",
    "set": "sets a setting",
    "store": "the settings tree",
    "update": "clears cached values",
    "validators": "run after a write, once the outputs are up to date",
}


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the full names that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def test_imports_from_dynaconf_are_listed() -> None:
    """Only two modules import dynaconf, and only the names listed above."""
    imported = {
        (stem, name)
        for stem, tree in MODULES.items()
        for name in imports(tree)
        if name.partition(".")[0] == "dynaconf"
    }
    assert {stem for stem, _ in imported} == {"_settings", "loader"}
    assert {name for _, name in imported} == IMPORTED.keys()


def test_attributes_of_settings_are_listed() -> None:
    """Only the listed, public attributes of settings objects are used."""
    nodes = [node for stem in ("_settings", "loader") for node in ast.walk(MODULES[stem])]
    named = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr[:2] != "__"]
    objects = ("settings", "self.settings", "super(ClusterSettings, self.settings)")
    assert {node.attr for node in named if ast.unparse(node.value) in objects} == USED.keys()


def test_modules_have_no_import_cycles() -> None:
    """There are no import cycles among the modules, and no imports inside functions."""
    edges = {
        stem: {name.split(".")[0] for name in imports(tree)} & {*MODULES}
        for stem, tree in MODULES.items()
    }
    done: set[str] = set()
    while left := {stem for stem in edges if stem not in done}:
        free = {stem for stem in left if edges[stem] <= done | {"__init__"}}
        assert free, f"a cycle among {left}"
        done |= free
    for stem, tree in MODULES.items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        inside = [node for function in functions for node in ast.walk(function)]
        late = [node for node in inside if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert not late, (stem, [ast.unparse(node) for node in late])


def test_the_call_stack_is_not_inspected() -> None:
    """The package never inspects the call stack."""
    tricks = re.compile("_getframe|f_locals|f_back|currentframe|inspect")
    assert not [path for path in PACKAGE.rglob("*.py") if tricks.search(path.read_text("utf-8"))]


RENAMED = """
_dotted_get _dotted_set _get_with_default _merge_before_set _parse_conf_data _set_data_to_obj
_run_hook_function _run_hook_module _validate_items _validate_names _validate_internal_items
_ensure_serializable _get_data_by_key _is_key_internal _should_use_strict_uppercase
_envless_load _wrapped _deleted _store _fresh _defaults _cache _loaded_files _loaded_hooks
_root_path convert_containers execute_instance_hooks handle_metavalues invalidates_cache
load_from_env load_from_python_object object_merge prepare_json recursive_get
recursively_evaluate_lazy_format find_the_correct_casing get_cached set_cached clear_cache
safe_items in_tomlfy_filter full_path list_merge old_data new_data existing_data split_keys
existing parsed should_merge source_metadata dotted_key old
""".split()


def test_private_names_of_dynaconf_may_change(tmp_path: Path) -> None:
    """The tests pass on a copy of dynaconf whose private names are changed."""
    copied = tmp_path / "dynaconf"
    shutil.copytree(dynaconf.__path__[0], copied)
    pattern = re.compile(rf"(?<!\w)({'|'.join(RENAMED)})(?!\w)")
    count = 0
    for path in copied.rglob("*.py"):
        if "vendor" not in path.parts or "box" in path.parts:  # a part of dynaconf 3.2
            text, changed = pattern.subn(r"\1_renamed", path.read_text("utf-8"))
            path.write_text(text, "utf-8")
            count += changed
    assert count > 300
    program = (
        "import sys, pytest, dynaconf\n"
        "assert dynaconf.__file__.startswith(sys.argv[1]), dynaconf.__file__\n"
        "sys.exit(pytest.main(['-q', '-n0', '-pno:cacheprovider', *sys.argv[2:]]))\n"
    )
    tests = [Path(__file__).with_name(f"test_{name}.py") for name in ("reading", "replacing")]
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), *map(str, tests)],
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "passed" in done.stdout
