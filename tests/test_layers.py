"""Every folder has its place in the contracts of ``lint-imports``, and a docstring that describes it."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = SETTINGS["tool"]["importlinter"]["contracts"]
PACKAGES = ("sim", "c10k_tui")
MOST_FILES_AT_THE_TOP = 10


def ranked() -> set[str]:
    """The folders that the contracts of layers name."""
    layers = [layer for contract in CONTRACTS if contract["type"] == "layers" for layer in contract["layers"]]
    return {room for layer in layers for room in re.split(r"[ |:]+", layer)}


def folders(package: str) -> list[Path]:
    return [path for path in sorted((ROOT / package).rglob("*")) if path.is_dir() and list(path.glob("*.py"))]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_has_a_layer(package):
    rooms = {f"{package}.{path.name}" for path in folders(package) if path.parent.name == package}
    assert {room for room in rooms if not any(name.startswith(room) for name in ranked())} == set()


def test_every_layer_is_a_room():
    places = [ROOT.joinpath(*name.split(".")) for name in ranked()]
    assert [place for place in places if not (place.is_dir() or place.with_suffix(".py").is_file())] == []


def test_imports_for_types_only_count_too():
    assert "exclude_type_checking_imports" not in SETTINGS["tool"]["importlinter"]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_says_what_it_holds(package):
    for folder in (ROOT / package, *folders(package)):
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), folder


def test_the_top_of_sim_is_small():
    assert len([path for path in (ROOT / "sim").iterdir() if path.is_file()]) <= MOST_FILES_AT_THE_TOP


@pytest.mark.parametrize("package", PACKAGES)
def test_each_public_class_has_a_name_of_its_own(package):
    names: dict[str, Path] = {}
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert node.name not in names, (node.name, path, names[node.name])
                names[node.name] = path
