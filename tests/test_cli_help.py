"""The help of every command."""

import re
import subprocess
import sys

from tests.commands import Run, environment, run

__all__ = ["environment", "run"]

HEAVY = (
    "prefect",
    "fastapi",
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "transitions",
    "rich",
    "yaml",
    "openpyxl",
    "alembic",
    "machines",
    "models",
)


def test_help_marks_what_may_be_left_out_once(run: Run) -> None:
    """By one pair of brackets."""
    assert "[OPTIONS] [NAME]" in run("person", "list", "--help").stdout


def test_every_command_has_help(run: Run) -> None:
    """All the commands that these parts of the contract name."""
    said = run("--help").stdout
    for command in ("init", "up", "roster", "desk", "worker", "case", "person", "rulings", "calendar", "members", "norms",
                    "deadlines", "procedures", "verify", "export", "bench", "doctor", "token"):  # fmt: skip
        assert re.search(rf"^  {command} +\w", said, re.MULTILINE), command
    for command in ("list", "show", "why", "open", "act", "try"):
        run("case", command, "--help")


def test_help_imports_nothing_heavy() -> None:
    """`kenes --help` must answer at once: what is heavy is imported when it is needed."""
    program = (
        "import sys\nfrom desk.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set() == set(HEAVY) & set(done.stderr.split())
