"""The command line: `kenes`. The commands are in neighbouring files; here are those of the service as a whole.

Exit status: 0 done, 1 a bug, 2 usage, wrong facts, file or setting, 3 refused or forbidden, 4 not found, 5 conflict,
6 a check failed.
"""

import sys
from typing import Annotated, Any

import typer
import typer.core

from desk.cli import (
    account,
    alarms,
    calendar,
    case,
    editions,
    law,
    messages,
    plan,
    record,
    register,
    service,
    simulate,
    store,
)
from desk.cli.console import LANGUAGES, OWN_SETTING, Console, Surroundings, choose_language


class Commands(typer.core.TyperGroup):
    """All commands; whatever one of them raises is said in words and becomes an exit status."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException, EOFError):
            raise
        except BrokenPipeError:
            sys.stderr.close()  # who reads has seen enough
            raise typer.Exit(0) from None
        except Exception as error:
            from desk.cli.failure import end

            console = ctx.find_object(Console)
            raise typer.Exit(end(error, console, as_json=bool(console and console.as_json))) from error
        finally:
            if console := ctx.find_object(Console):
                console.close()


main = typer.Typer(
    name="kenes",
    cls=Commands,
    help="The procedures of the Assembly of People of Kazakhstan, carried out to the letter and on time.",
    epilog="Exit status: 0 done, 1 a bug, 2 usage, wrong facts, file or setting, 3 refused or forbidden, 4 not found,"
    " 5 conflict, 6 a check failed. Settings: KENES_* in the environment, or kenes.toml.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@main.callback()
def begin(
    ctx: typer.Context,
    language: Annotated[
        str | None, typer.Option(help=f"of what is answered: {', '.join(LANGUAGES)}; else KENES_LANGUAGE, LANG, en")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=service.version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Find out where the command runs and in which language it answers."""
    del version  # printed already
    surroundings = ctx.obj if isinstance(ctx.obj, Surroundings) else Surroundings()
    asked = bool(language or surroundings.environment.get(OWN_SETTING))
    ctx.obj = Console(surroundings, choose_language(language, surroundings.environment), asked=asked)


service.add_to(main)
case.add_to(main)
register.add_to(main)
law.add_to(main)
plan.add_to(main)
main.add_typer(calendar.app, name="calendar")
main.add_typer(editions.app, name="edition")
record.add_to(main)
store.add_to(main)
messages.add_to(main)
simulate.add_to(main)
alarms.add_to(main)
account.add_to(main)
