"""The service itself: `kenes init`, `up`, `desk`, `worker`, `doctor`, `bench`, `token`."""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import CHECK_FAILED, OWN_SETTING, WRONG, Console, Ended, console_of

if TYPE_CHECKING:
    from models.database import Database

tokens = typer.Typer(help="Tokens of the API: create, list, revoke.", no_args_is_help=True, rich_markup_mode=None)

Demo = Annotated[bool, typer.Option("--demo", help="load the example: 350 members, cases in every state")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        from importlib.metadata import version as installed

        typer.echo(f"kenes {installed('kenes')}")
        raise typer.Exit


def init(ctx: typer.Context, demo: Demo = False) -> None:
    """Make the home: database, keys. Repeatable: what is there stays."""
    console = console_of(ctx)
    database = prepared(console)
    console.say(f"The home is {console.settings.home}; the database is {shown_url(database)}.")
    if demo:
        load(console, database)


def up(ctx: typer.Context, demo: Demo = False) -> None:
    """Start everything; Ctrl-C stops all of it."""
    from desk.running.up import up as start

    console = console_of(ctx)

    def first() -> None:
        if demo:
            load(console, prepared(console))
        os.environ.pop(OWN_SETTING, None)  # it is no setting of the service

    raise typer.Exit(start(console.settings, first))


def desk(ctx: typer.Context) -> None:
    """Start only the web desk and the API."""
    from desk.serve import serve

    console = console_of(ctx)
    prepared(console)
    begun = (lambda: console.tell(f"The desk: {console.settings.url}")) if console.settings.log == "text" else None
    serve(console.settings, begun)


def worker(ctx: typer.Context) -> None:
    """Start a worker of one host more (PREFECT_API_URL)."""
    from desk.running.up import worker as start

    settings = console_of(ctx).settings
    os.environ.pop(OWN_SETTING, None)  # it is no setting of the service
    raise typer.Exit(start(settings))


def doctor(ctx: typer.Context, as_json: Json = False) -> None:
    """Say what is wrong with it and how to mend it.

    Looked at: versions, settings, database, calendar, clock, Prefect. Exit status 6 if something is wrong.
    """
    from desk.running.doctor import examine

    console = console_of(ctx)
    found = list(examine(console.surroundings.environment, console.surroundings.folder, now=console.now))
    if as_json:
        console.data({"checks": [check._asdict() for check in found]})
    else:
        for check in found:
            console.say(f"{'ok   ' if check.well else 'WRONG'}  {check.name}: {check.found}")
            if check.mend:
                console.say(f"       → {check.mend}")
    raise typer.Exit(0 if all(check.well for check in found) else CHECK_FAILED)


def bench(ctx: typer.Context) -> None:
    """Measure its speed: the whole table, parts of it, or acts a second.

    kenes bench [PART…] [--json]; kenes bench acts --db sqlite|pg --cases N --procs P --json
    """
    try:
        benchmarks = importlib.import_module("benchmarks.command")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("benchmarks"):
            raise
        raise Ended(
            WRONG, "The benchmarks are not part of the installation: run this in the project's folder."
        ) from None
    raise typer.Exit(benchmarks.main([*ctx.args]) or 0)


@tokens.command("create")
def create(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="whose token: a person_id")],
    days: Annotated[
        int | None, typer.Option("--for", metavar="DAYS", min=1, max=36_500, help="good for so many days")
    ] = None,
    scope: Annotated[str, typer.Option(help="act, or read")] = "act",
    note: Annotated[str, typer.Option(help="what it is for")] = "",
) -> None:
    """Make a token and print it, and nothing else: it is shown this once."""
    from desk.access.tokens import SCOPES, create_token

    console = console_of(ctx)
    if scope not in SCOPES:
        raise typer.BadParameter(f"--scope {scope!r}: expected one of {', '.join(SCOPES)}")
    with console.database.transaction() as db:
        token = create_token(db, person, at=console.now, days=days, scope=scope, note=note)
    console.say(token)


@tokens.command("list")
def list_all(
    ctx: typer.Context,
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="only of this person")] = None,
    as_json: Json = False,
) -> None:
    """List the tokens, never their secrets."""
    from desk.access.tokens import list_tokens

    console = console_of(ctx, as_json=as_json)
    with console.database.transaction(write=False) as db:
        found = list_tokens(db, person)
    if as_json:
        console.data({"items": found})
    else:
        columns = ("token_id", "person_id", "scope", "note", "created_at", "expires_at", "revoked_at")
        console.table(columns, [[token[column] for column in columns] for token in found])


@tokens.command("revoke")
def revoke(ctx: typer.Context, token: Annotated[str, typer.Argument(metavar="TOKEN_ID")]) -> None:
    """End a token for good."""
    from desk.access.tokens import revoke_token

    console = console_of(ctx)
    with console.database.transaction() as db:
        revoke_token(db, token, at=console.now)
    console.say(f"The token {token} is revoked.")


def prepared(console: Console) -> Database:
    """Make the home ready: folder, newest schema, calendar, key."""
    from models.home import prepare

    _ = console.book  # a wrong ruling ends the command before anything is made
    console.database = prepare(console.settings, at=console.now)
    return console.database


def load(console: Console, database: Database) -> None:
    """Load the demonstration with a progress bar, and say how to look at it."""
    from desk.cli.register import progress
    from desk.demo.loading import load_demo, rows_of_demo

    with progress("The register", rows_of_demo()) as on_row:
        demo = load_demo(database, now=console.now, book=console.book, language=console.typed_language, on_row=on_row)
    if demo is None:
        console.say("There are cases here already: the demonstration is loaded into an empty home only.")
        return
    console.say(f"The demonstration is loaded: {demo.imported.people} people of the roster, these cases:")
    for procedure, states in itertools.groupby(demo.states.items(), lambda one: one[0][0]):
        console.say(f"  {procedure}: {', '.join(f'{state} {count}' for (_, state), count in states)}")
    console.say("Look at them, for example as the working body, the Chairman (ch), the deputies (d1, d2):")
    for line in ("case list --waiting-on d2", "deadlines", "token create wb --for 30"):
        console.say(f"  {_own_name()} {line}")


def _own_name() -> str:
    """Say how this program is called here, so that what is shown can be copied."""
    own = Path(sys.executable).with_name("kenes")
    found = shutil.which("kenes")
    if not own.exists() or (found and own.samefile(found)):
        return "kenes"
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)


def shown_url(database: Any) -> str:
    """Write the address of the database without its password."""
    return str(database.url.render_as_string(hide_password=True))


def add_to(main: typer.Typer) -> None:
    """Add the commands of the service."""
    for command in (init, up, desk, worker, doctor):
        main.command()(command)
    main.command(context_settings=ARGUMENTS)(bench)
    main.add_typer(tokens, name="token")
