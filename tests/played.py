"""Play what the documentation shows: the commands of its console blocks, in a home of their own, by a clock that the text sets.

`<!-- played from 2026-11-24 10:00 -->` begins with an empty home and `<!-- played to here -->` ends; each command is a minute later.
`kenes` and `curl` run in this process, what else stands there in a shell. Where the text shows `…`, anything may stand.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from starlette.testclient import TestClient
from typer.testing import CliRunner

from desk.app import make_app
from desk.cli.console import Surroundings
from desk.cli.main import main
from models.settings import read_settings

ROOT = Path(__file__).parent.parent
SHOWN_FOLDER = "/srv/kenes"  # what the text shows in place of the folder in which it is played
PLAYED = re.compile(r"(<!-- played from ([\d: -]+?) -->\n)(.*?)(<!-- played to here -->)", re.DOTALL)
BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)


class Shown(NamedTuple):
    """One command of a block, as written, and what the text shows below it."""

    command: str
    output: str


class Difference(NamedTuple):
    """A command that answers otherwise than the text shows."""

    command: str
    shown: str
    got: str


class Terminal:
    """A terminal in a folder of its own, with a clock that is a minute later at each command."""

    def __init__(self, folder: Path, begins: str) -> None:
        self.folder, self.now = folder, datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo("Asia/Almaty"))
        self.environment = {"LANG": "C.UTF-8", "KENES_HOME": str(folder / ".kenes")}
        self.variables: dict[str, str] = {}
        self.status = 0
        (folder / "examples").symlink_to(ROOT / "examples")

    def run(self, command: str) -> str:
        """Run one command line and return what it prints."""
        self.now += timedelta(minutes=1)
        words = command.replace("\\\n", " ").replace("$?", str(self.status)).strip()
        if assigned := re.fullmatch(r"(\w+)=\$\((.*)\)", words):
            self.variables[assigned[1]] = self._answer(assigned[2]).strip()
            return ""
        return self._answer(words).replace(str(self.folder), SHOWN_FOLDER)

    def _answer(self, words: str) -> str:
        for name, value in self.variables.items():
            words = words.replace(f"${name}", value)
        line, _, path = words.partition(" | jq ")
        program, *arguments = shlex.split(line)
        if program not in ("kenes", "curl"):
            return self._shell(words)
        said = self._kenes(arguments) if program == "kenes" else self._curl(arguments)
        return _jq(said, path.strip(" '")) if path else said

    def _kenes(self, arguments: list[str]) -> str:
        surroundings = Surroundings(self.environment, self.folder, lambda: self.now)
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner().invoke(main, arguments, obj=surroundings, catch_exceptions=False)
        finally:
            os.chdir(here)
        self.status = result.exit_code
        return result.output

    def _curl(self, arguments: list[str]) -> str:
        asked = _curl_arguments().parse_args(arguments)
        app = make_app(read_settings(self.environment, self.folder), clock=lambda: self.now)
        with TestClient(app) as client:
            headers = dict(self._headers(asked.header))
            answer = client.request(asked.request, asked.url, headers=headers, content=asked.data)
        app.state.door.database.dispose()
        if not asked.include:
            return answer.text
        head = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        return f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\n{head}\n{answer.text}"

    def _headers(self, given: list[str]) -> Iterator[tuple[str, str]]:
        for each in given:
            lines = (self.folder / each[1:]).read_text().splitlines() if each.startswith("@") else [each]
            for line in lines:
                name, _, value = line.partition(":")
                yield name.strip(), value.strip()

    def _shell(self, words: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", words], cwd=self.folder, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )  # fmt: skip
        self.status = done.returncode
        return done.stdout


def commands_of(block: str) -> Iterator[Shown]:
    """Take a block apart: a line after `$ ` is a command, those below it what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        end = next(end for end in range(1, len(lines) + 1) if _is_whole("".join(lines[:end])))
        yield Shown("".join(lines[:end]).rstrip("\n"), "".join(lines[end:]))


def _is_whole(command: str) -> bool:
    """Say whether a shell would not wait for another line."""
    try:
        shlex.split(command)
    except ValueError:  # a quotation is open
        return False
    return not command.endswith("\\\n")


def played(text: str, folder: Path) -> tuple[str, list[Difference]]:
    """Play every block of *text*; return it as it should be, and what differs."""
    differences: list[Difference] = []

    def play(section: re.Match[str]) -> str:
        place = folder / str(section.start())
        place.mkdir()
        terminal = Terminal(place, section[2])
        body = BLOCK.sub(lambda block: _played_block(block[1], terminal, differences), section[3])
        return section[1] + body + section[4]

    return PLAYED.sub(play, text), differences


def _played_block(block: str, terminal: Terminal, differences: list[Difference]) -> str:
    lines = []
    for shown in commands_of(block):
        got = terminal.run(shown.command)
        if got and not got.endswith("\n"):
            got += "\n"
        if not matches(shown.output, got):
            differences.append(Difference(shown.command, shown.output, got))
        lines.append(f"$ {shown.command}\n{shown.output if matches(shown.output, got) else got}")
    return "".join(lines)


def matches(shown: str, got: str) -> bool:
    """Say whether a command has printed what the text shows; `…` stands for anything."""
    if "…" not in shown:
        return shown == got
    return re.fullmatch(".*?".join(map(re.escape, shown.split("…"))), got, re.DOTALL) is not None


def _jq(said: str, path: str) -> str:
    """Do what `jq` does with a path such as `.items[0].case`."""
    value: Any = json.loads(said)
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[name] if name else value[int(place)]
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _curl_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="curl")
    parser.add_argument("-s", "--silent", action="store_true")
    parser.add_argument("-i", "--include", action="store_true")
    parser.add_argument("-X", "--request", default="GET")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data")
    parser.add_argument("url")
    return parser
