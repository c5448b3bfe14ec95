"""The files of others are the ones that were published."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FOLDERS = (HERE.parent / "desk" / "static" / "vendor", HERE / "vendor")
ROW = re.compile(r"^\| (\S+\.js) \|.*\| (\S+) \|$", re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS, ids=["desk", "tests"])
def test_vendored_files_are_as_published(folder: Path) -> None:
    """Each script has its row with its checksum, and no other script lies there."""
    stated = dict(ROW.findall((folder / "README.md").read_text()))
    found = {
        file.name: base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode() for file in folder.glob("*.js")
    }
    assert stated == found
