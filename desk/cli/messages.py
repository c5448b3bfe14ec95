"""Messages: `kenes messages`, `kenes messages again`, `kenes messages bounced`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.cli.console import NOT_FOUND, WRONG, Console, Ended, console_of, moment

if TYPE_CHECKING:
    from desk.returned_mail import Report

messages = typer.Typer(
    help="What was sent, what waits, what did not arrive.", invoke_without_command=True, rich_markup_mode=None
)

MOST = 1000
COLUMNS = ("key", "state", "to", "template", "attempts", "at", "failure")
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


@messages.callback()
def listed(
    ctx: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="only those that did not arrive")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="only those that wait to be sent")] = False,
    to: Annotated[str | None, typer.Option(metavar="PERSON", help="only to this person, or webhook")] = None,
    case: Annotated[str | None, typer.Option(metavar="NUMBER", help="only about this case")] = None,
    text: Annotated[bool, typer.Option("--text", help="with subject and text: they are somebody's letters")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="so many, the newest first")] = 100,
    as_json: Json = False,
) -> None:
    """List messages, the newest first; what was said of those that failed stands last."""
    if ctx.invoked_subcommand is not None:
        return None
    from desk.messages import count_messages, list_messages

    if dead and waiting:
        raise typer.BadParameter("--dead, --waiting: one or the other")
    console = console_of(ctx, as_json=as_json)
    state = "dead" if dead else "waiting" if waiting else None
    with console.database.transaction(write=False) as db:
        found = list_messages(db, state=state, person=to, case=case, limit=limit, texts=text)
        counts = count_messages(db)
    if as_json:
        return console.data({"items": found, "counts": counts})
    if text:
        _say_with_texts(console, found)
    else:
        console.table(COLUMNS, [[message[column] for column in COLUMNS] for message in found])
    console.tell(f"All messages: {', '.join(f'{state} {count}' for state, count in counts.items())}.")
    if counts["dead"]:
        console.tell("Send again, once the cause is mended: kenes messages again KEY… (or --all)")
    return None


@messages.command("again")
def again(
    ctx: typer.Context,
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]…", help="which: keys of dead messages")] = None,
    everything: Annotated[bool, typer.Option("--all", help="all that are dead")] = False,
    as_json: Json = False,
) -> None:
    """Send dead messages again, under the same key.

    All attempts begin anew. One that is not dead stays as it is.
    """
    from desk.messages import only_known_keys
    from machines.dead_letters import send_again

    if bool(keys) == everything:
        raise typer.BadParameter("name keys, or say --all")
    console = console_of(ctx, as_json=as_json)
    with console.database.transaction() as db:
        only_known_keys(db, keys or [])
        sent = send_again(db, console.now, keys=None if everything else keys)
    if as_json:
        return console.data({"again": sent})
    for key in keys or []:
        if key not in sent:
            console.tell(f"{key}: not dead; it stays as it is.")
    console.say(f"{len(sent)} will be sent again within a minute, where kenes runs.")
    return None


@messages.command("bounced")
def bounced(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="the mail; - or nothing: standard input")] = None,
) -> None:
    """Note a letter that a mail server sends back (RFC 3464).

    Made to be piped to. Exit status 0: noted, or nothing to note; 2: no report at all; 4: of no letter of ours.
    """
    from desk.returned_mail import NoReport, failed, read_report

    console = console_of(ctx)
    try:
        report = read_report(_read(file))
    except NoReport as instead:
        if str(instead).startswith("an "):  # what machines send by themselves must not be answered with a failure
            return console.say(f"Nothing to note: {instead}.")
        raise Ended(WRONG, f"This is no report of non-delivery, but {instead}. Nothing was changed.") from None
    if not failed(report):
        return console.say(f"Nothing to note: the report says “{report.action or 'nothing'}”, not “failed”.")
    return _note(console, report)


def _note(console: Console, report: Report) -> None:
    from machines.dead_letters import mark_returned

    with console.database.transaction() as db:
        noted = [found for one in report.mail_ids if (found := mark_returned(db, one, console.now, said=report.said))]
    if not noted:
        raise Ended(NOT_FOUND, "The report names no letter that was sent from here. Nothing was changed.")
    for key, kept in noted:
        console.say(f"{key}: {kept}")
    console.tell("Mend the address, or tell the addressee in another way; then: kenes messages again KEY")


def _read(file: Path | None) -> bytes:
    from desk.returned_mail import MOST_BYTES

    if file is None or str(file) == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    with file.open("rb") as mail:
        return mail.read(MOST_BYTES)


def _say_with_texts(console: Console, found: list[dict[str, Any]]) -> None:
    for message in found:
        console.say(f"{message['key']}  {message['state']}  {moment(message['at'])}  {message['failure']}".rstrip())
        console.say(f"  {message['subject']}")
        for line in message["body"].splitlines():
            console.say(f"  {line}".rstrip())
        console.say()


def add_to(main: typer.Typer) -> None:
    """Add the commands about messages."""
    main.add_typer(messages, name="messages")
