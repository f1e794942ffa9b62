"""The centre's files and folders, drawn from their imports: no circle, and no names that differ by an ending.

That no import runs back up is held by the layers in pyproject.toml.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

CENTRE = "sync.central"
Arrows = Mapping[str, set[str]]


@pytest.fixture(scope="module")
def files() -> Arrows:
    graph = grimp.build_graph("sync", cache_dir=None)
    modules = {each for each in graph.modules if each.startswith(f"{CENTRE}.")}
    return {each: graph.find_modules_directly_imported_by(each) & modules for each in modules}


def folder_of(file: str) -> str:
    """The folder of a file; those next to the folders of the centre stand for themselves."""
    folder = file.rpartition(".")[0]
    return file if folder == CENTRE else folder


def circle(arrows: Arrows) -> list[str]:
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_files_import_each_other_in_a_circle(files: Arrows) -> None:
    assert circle(files) == []


def test_no_folders_import_each_other_in_a_circle(files: Arrows) -> None:
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for file, imported in files.items():
        folders[folder_of(file)] |= {folder_of(each) for each in imported} - {folder_of(file)}
    assert circle(folders) == []


def test_a_circle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})


def test_no_two_files_differ_by_an_ending_alone(files: Arrows) -> None:
    packages = {each.rpartition(".")[0] for each in files}
    stems: defaultdict[str, set[str]] = defaultdict(set)
    for file in files.keys() - packages:
        name = file.rpartition(".")[2]
        stems[re.sub(r"(ings?|ers?|ten|ed|es|s|e|d|en)$", "", name)].add(name)
    assert [sorted(names) for names in stems.values() if len(names) > 1] == []
