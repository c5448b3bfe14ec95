"""What README.md and docs/ claim is so: `python -m tests.documents` writes again what is made from the code or played."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.cli.main import main
from models.settings import _VARIABLES as VARIABLES
from tests.documents import (
    NORMS_DOCUMENT,
    PLAYED_DOCUMENTS,
    ROOT,
    RULINGS_DOCUMENT,
    WITH_TABLE,
    norms_document,
    rulings_document,
    table_of_procedures,
    with_table,
)
from tests.played import PLAYED, matches, played

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
TERMS = (
    "procedure, case, state, transition, act, office, guard, refusal, conflict, norm, ruling, edition, entry, journal, seal, term, "
    "deadline, reminder, message, outbox, flow"
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_table_of_procedures_is_not_stale() -> None:
    """README.md lists the procedures that there are, with their acts: else `python -m tests.documents`."""
    assert table_of_procedures() in read(WITH_TABLE)
    assert read(WITH_TABLE) == with_table(read(WITH_TABLE))


def test_the_rulings_are_not_stale() -> None:
    """docs/rulings.md says what machines/rulings.py says: else `python -m tests.documents`."""
    assert rulings_document() == read(RULINGS_DOCUMENT)


def test_the_norms() -> None:
    """docs/norms.md says what the tables say: else `python -m tests.documents`."""
    assert norms_document() == read(NORMS_DOCUMENT)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAYED_DOCUMENTS)
def test_what_is_shown_is_what_is_printed(name: str, tmp_path: Path) -> None:
    """Every command of the walks, played in a fresh home, prints what stands below it: else `python -m tests.documents`."""
    assert PLAYED.search(read(name))
    _, differences = played(read(name), tmp_path)
    assert [] == differences


def test_the_scenario_plays(tmp_path: Path) -> None:
    """The example of the README comes as it expects."""
    file = tmp_path / "example.yaml"
    file.write_text(re.findall(r"```yaml\n(title:.*?)```", read("README.md"), re.DOTALL)[0], encoding="utf-8")
    result = CliRunner().invoke(main, ["simulate", str(file)])
    assert 0 == result.exit_code, result.output


def test_what_may_be_anything_is_marked() -> None:
    """Hashes and tokens are drawn; the text shows `…` in their place, and nothing else may differ."""
    assert matches("hash 7f…, seal 1\n", "hash 7fa0, seal 1\n")
    assert not matches("hash 7f…, seal 1\n", "hash 7fa0, seal 2\n")
    assert not matches("nothing\n", "something\n")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """A link to another file of the project names one that is there."""
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    assert [] == [target for target in targets if not (document.parent / target).exists()]


def test_every_setting_is_described() -> None:
    """docs/operating.md names every setting that there is."""
    assert [] == [name for name in VARIABLES if f"`{name}`" not in read("docs/operating.md")]


def test_the_glossary_is_whole() -> None:
    """The words of the product are explained in the README, each once and in this order."""
    glossary = read("README.md").partition("\n## Glossary\n")[2]
    assert TERMS.split(", ") == re.findall(r"^- \*\*(\w+)\*\*", glossary, re.MULTILINE)


def test_the_package_shows_its_readme() -> None:
    """Whoever has the package alone has the README."""
    assert "README.md" == tomllib.loads(read("pyproject.toml"))["project"]["readme"]
