"""Accounts of the desk: `kenes account invite`, `list`, `disable`, `enable`, `operator`, `sessions`, `set-password`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from desk.cli.console import WRONG, Ended, console_of, shown

accounts = typer.Typer(
    help="Accounts of the desk: who may sign in, and where somebody is signed in.", no_args_is_help=True, rich_markup_mode=None
)  # fmt: skip

Person = Annotated[str, typer.Argument(metavar="PERSON", help="whose account: a person_id")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]

COLUMNS = ("person_id", "name", "password", "passkeys", "operator", "invited_until", "disabled_at")
OF_SESSIONS = ("session_id", "person", "way", "created_at", "seen_at", "place", "agent")
FAULTS = {
    "short": "it is too short: at least 12 characters are needed",
    "long": "it is too long: at most 200 characters are possible",
    "common": "it is among the first that anybody would try",
}


@accounts.command("invite")
def invite(
    ctx: typer.Context,
    person: Person,
    link: Annotated[bool, typer.Option("--link", help="print the link instead of sending it by mail")] = False,
    as_json: Json = False,
) -> None:
    """Send a link by which somebody sets a password: it is good once, for three days.

    Makes the account if there is none. An earlier invitation is void. A forgotten password is replaced in the same way.
    """
    from desk.access.invited import invite as send
    from machines.account_letters import address_of
    from models.home import signing_key

    console = console_of(ctx, as_json=as_json)
    key = signing_key(console.settings)
    with console.database.transaction() as db:
        secret, until = send(db, person, at=console.now, key=key, by_mail=not link)
        row = db.one("SELECT email FROM people WHERE person_id = ?", person)
        disabled = db.one("SELECT 1 FROM accounts WHERE person_id = ? AND disabled_at IS NOT NULL", person)
    address = address_of(console.settings.url, secret) if link else None
    if as_json:
        return console.data({"person_id": person, "invited_until": until} | ({"link": address} if link else {}))
    console.say(address or f"{person} is invited, until {shown(until)}.")
    if not link and (console.settings.smtp_url is None or not row or not row[0]):
        why = "No mail server is set" if console.settings.smtp_url is None else f"{person} has no e-mail address"
        console.tell(f"{why}: the letter will lie in the mailbox page, which operators see. Or: --link.")
    if disabled:
        console.tell(f"The account is disabled: the link opens nothing before `kenes account enable {person}`.")
    return None


@accounts.command("list")
def list_all(ctx: typer.Context, as_json: Json = False) -> None:
    """List the accounts."""
    from desk.access.accounts import list_accounts

    console = console_of(ctx, as_json=as_json)
    with console.database.transaction(write=False) as db:
        found = list_accounts(db)
    if as_json:
        return console.data({"items": found})
    return console.table(COLUMNS, [[_cell(account[column]) for column in COLUMNS] for account in found])


@accounts.command("disable")
def disable(ctx: typer.Context, person: Person) -> None:
    """Let somebody in no more: every session ends at once.

    Tokens of the API are another thing: kenes token revoke.
    """
    from desk.access.accounts import disable as close

    console = console_of(ctx)
    with console.database.transaction() as db:
        close(db, person, at=console.now)
        tokens = db.one("SELECT count(*) FROM tokens WHERE person_id = ? AND revoked_at IS NULL", person)
    console.say(f"The account of {person} is disabled; its sessions have ended.")
    if tokens and tokens[0]:
        console.tell(f"{person} has {tokens[0]} tokens of the API: kenes token list {person}")


@accounts.command("enable")
def enable(ctx: typer.Context, person: Person) -> None:
    """Let somebody in again, by the same password and passkeys."""
    from desk.access.accounts import enable as reopen

    console = console_of(ctx)
    with console.database.transaction() as db:
        reopen(db, person)
    console.say(f"The account of {person} is enabled.")


@accounts.command("operator")
def operator(
    ctx: typer.Context,
    person: Person,
    no: Annotated[bool, typer.Option("--no", help="no more")] = False,
) -> None:
    """Let somebody look after the service: operation, mailbox, Prefect's pages.

    It gives no right in any procedure.
    """
    from desk.access.accounts import make_operator

    console = console_of(ctx)
    with console.database.transaction() as db:
        make_operator(db, person, operator=not no)
    console.say(f"{person} is {'no operator any more' if no else 'an operator'}.")


@accounts.command("sessions")
def sessions(
    ctx: typer.Context,
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="only of this person")] = None,
    end: Annotated[list[str] | None, typer.Option("--end", metavar="SESSION", help="end this one")] = None,
    end_all: Annotated[bool, typer.Option("--end-all", help="end all of them")] = False,
    as_json: Json = False,
) -> None:
    """List where people are signed in; end sessions."""
    from desk.access.accounts import must_exist
    from desk.access.web_sessions import LastSeen, end_session, open_sessions, shown_session

    if end and end_all:
        raise typer.BadParameter("--end, --end-all: one or the other")
    console = console_of(ctx, as_json=as_json)
    writes = bool(end) or end_all
    with console.database.transaction(write=writes) as db:
        if person is not None:
            must_exist(db, person)
        found = list(open_sessions(db, person, at=console.now, seen=LastSeen()))
        ending = [one.session_id for one in found] if end_all else end or []
        for session in ending:
            end_session(db, session, at=console.now, person=person)
    if as_json:
        return console.data({"ended": ending} if writes else {"items": [shown_session(one) for one in found]})
    if writes:
        return console.say(f"Ended: {', '.join(ending) or 'none'}.")
    return console.table(OF_SESSIONS, [[_cell(one._asdict()[column]) for column in OF_SESSIONS] for one in found])


@accounts.command("set-password")
def set_password(ctx: typer.Context, person: Person) -> None:
    """Set somebody's password, read from the standard input: its first line.

    Makes the account if there is none, and ends its sessions. It is not an argument, where others could read it.
    """
    from desk.access.accounts import open_account
    from desk.access.passwords import hash_password
    from desk.access.signing_in import fault_of_new
    from desk.access.signing_in import set_password as keep

    console = console_of(ctx)
    if sys.stdin.isatty():
        console.tell("The password, and Enter; it is shown as you type:")
    given = sys.stdin.readline().rstrip("\r\n")
    with console.database.transaction(write=False) as db:
        fault = fault_of_new(db, person, given)
    if fault:
        raise Ended(WRONG, f"This password is not taken: {FAULTS[fault]}.")
    kept = hash_password(given)
    with console.database.transaction() as db:
        open_account(db, person, at=console.now)
        keep(db, person, kept, at=console.now)
    console.say(f"The password of {person} is set.")


def _cell(value: object) -> object:
    """Write yes and no as words in a table."""
    return ("yes" if value else "") if isinstance(value, bool) else value


def add_to(main: typer.Typer) -> None:
    """Add the command."""
    main.add_typer(accounts, name="account")
