"""What holds of every procedure, whichever there are: these tests need no edit when one is added."""

import ast
import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import transitions
from sqlmodel import SQLModel

from machines.act import Act
from machines.decide import why_not
from machines.machine import Subject, machine_of, take_branch
from machines.norms import NORMS
from machines.perform import Answer, explain, perform
from machines.procedure import NEW, Guard, Office, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.refusal import Refusal, Refused, Unanswerable, WrongFacts
from machines.rulebook import Rulebook
from machines.situation import Situation
from machines.wording import LANGUAGES, has, say
from models.database import Database, Db
from tests.assembly import Assembly
from tests.wanderer import Case, Wanderer, wrong

MACHINES = Path(__file__).parent.parent / "machines"
EVERY = [pytest.param(procedure, id=name) for name, procedure in PROCEDURES.items()]
LONG_AGO = date(2002, 4, 26)
STEPS = 250
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 9))]
SWITCHED = (
    {},
    {"candidacy.council_outcome": "blocking", "removal.submission.min_submitters": 2},
    {"removal.ex_officio.automatic": True, "deputies.joint_rule.if_none": "nobody"},
)


def guards(procedure: Procedure[Any]) -> dict[str, Guard[Any]]:
    """Return every guard of a table by name: of rows, of branches, and those that only warn."""
    every = (guard for row in procedure.acts for guard in (*row.guards, *row.warns))
    branches = (guard for row in procedure.acts for branch in row.to for guard in branch.guards)
    return {guard.name: guard for guard in (*every, *branches)}


# ------------------------------------------------------------------------------------------------------------ the tables


@pytest.mark.parametrize("procedure", EVERY)
def test_an_act_is_known_or_refused_with_all_its_norms(procedure: Procedure[Any]) -> None:
    """Every pair of state and act: a state that does not know an act refuses it, and says which acts come first."""
    nothing: Situation[Any] = Situation(**dict.fromkeys(Situation._fields))
    for state in (NEW, *procedure.states):
        for row in procedure.acts:
            if state in row.source:
                continue
            refusals = why_not(procedure, row, nothing._replace(state=state, norm=row.norms[0], act=row.name))
            assert list(row.norms) == [refusal.norm for refusal in refusals]
            assert all(name in procedure.rows for refusal in refusals for name in acts_named(refusal))


def acts_named(refusal: Refusal) -> list[str]:
    return [named.rpartition(".")[2] for named in refusal.numbers.get("first", ())]


@pytest.mark.parametrize("procedure", EVERY)
def test_a_guard_states_its_rule(procedure: Procedure[Any]) -> None:
    """Its docstring is one sentence, and every norm or item that it cites is there."""
    for guard in guards(procedure).values():
        assert re.fullmatch(r"[A-Z].+\.", guard.rule.split("\n")[0]), guard.name
        assert [] == [cited for cited in re.findall(r"\b\d+\.\d+(?:\.\d+)?[a-z]?\b", guard.rule) if not exists(cited)]


def exists(cited: str) -> bool:
    """Whether it is a norm, or an item or part with norms: `14.1` stands for all of `14.1a`, `14.1b`."""
    return cited in NORMS or any(norm.startswith(cited) for norm in NORMS)


@pytest.mark.parametrize("procedure", EVERY)
def test_facts_have_a_schema(procedure: Procedure[Any]) -> None:
    """Forms, API and scenarios are made from it: a JSON schema that knows its names and no others."""
    for row in procedure.acts:
        schema = json.loads(json.dumps(row.facts.model_json_schema()))
        assert "object" == schema["type"]
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("procedure", EVERY)
def test_everything_has_a_name_in_every_language(procedure: Procedure[Any]) -> None:
    """Procedure, states, acts and offices can be read in Kazakh, Russian and English."""
    names = [f"names.procedure.{procedure.name}"]
    names += [f"names.state.{procedure.name}.{state}" for state in procedure.states]
    names += [f"names.act.{procedure.name}.{row.name}" for row in procedure.acts]
    names += [f"names.office.{office}" for row in procedure.acts for office in row.by if office != "nominating_body"]
    assert [] == [name for name in names if not has(name)]
    assert all(say(name, language) for name in names for language in LANGUAGES)


# -------------------------------------------------------------------------------------------------------- the code itself


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(MACHINES.rglob("*.py")):
        yield file.name, ast.parse(file.read_text(encoding="utf-8"))


def test_refusals_cite_norms_that_exist() -> None:
    """Whatever a refusal names directly as its norm stands in the Decree, and has words in every language."""
    for file, tree in sources():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "Refusal":
                norm, code = call.args[:2]
                assert not isinstance(norm, ast.Constant) or norm.value in NORMS, (file, call.lineno)
                if isinstance(code, ast.Constant):
                    assert has(f"refusals.{code.value}.reason"), (file, code.value)
                    assert has(f"refusals.{code.value}.remedy"), (file, code.value)


def test_transitions_is_used_for_flat_machines_alone() -> None:
    """No model is attached, nothing is queued, no state can be jumped to, no other kind of machine is used."""
    imported = {
        name.name
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "transitions"
        for name in node.names
    }
    assert {"Event", "Machine", "MachineError", "Transition"} == imported
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                assert called not in {"add_model", "add_models", "add_ordered_transitions"}, (file, node.lineno)
                told = {word.arg: getattr(word.value, "value", word.value) for word in node.keywords}
                if called.endswith("Machine"):
                    assert (None, False, False) == (told["model"], told["auto_transitions"], told["queued"])
            if isinstance(node, ast.Import):
                assert all(name.name.partition(".")[0] != "transitions" for name in node.names), file


@pytest.mark.parametrize("procedure", EVERY)
def test_an_act_leads_where_the_library_would_lead_it(procedure: Procedure[Any]) -> None:
    """Whichever of the branches refuse: the events of the tables skip what the library does beside asking them, no more."""
    objects = Guard("objects", lambda _: Refusal("1.1", "objects", {}), asks_facts=False, revision=1, rule="")
    for row in procedure.acts:
        for refuse in itertools.product((False, True), repeat=len(row.to)):
            branches = tuple(
                dataclasses.replace(branch, guards=(objects,) if no else ())
                for branch, no in zip(row.to, refuse, strict=True)
            )
            changed = dataclasses.replace(row, to=branches)
            plain = transitions.Machine(
                model=None, states=[NEW, *procedure.states], initial=None, auto_transitions=False, send_event=True
            )
            for branch, no in zip(branches, refuse, strict=True):
                plain.add_transition(row.name, list(row.source), branch.to, conditions=lambda _, no=no: not no)
            for state in row.source:
                subject = Subject(state)
                taken = plain.events[row.name].trigger(subject)
                asked: Situation[Any] = Situation(**dict.fromkeys(Situation._fields))
                led, call = take_branch(
                    dataclasses.replace(procedure, acts=(changed,)), changed, asked._replace(state=state)
                )
                assert (subject.state, taken) == (led, call.branch is not None)
                assert sum(refuse[: refuse.index(False)] if taken else refuse) == len(call.passed_over)


@pytest.mark.parametrize("procedure", EVERY)
def test_an_act_that_the_state_does_not_know_is_no_event(procedure: Procedure[Any]) -> None:
    """Whoever asks the machine without asking `knows` first hears of it, as the library says it."""
    nothing: Situation[Any] = Situation(**dict.fromkeys(Situation._fields))
    for row in procedure.acts:
        for state in {NEW, *procedure.states} - {*row.source}:
            with pytest.raises(transitions.MachineError, match=row.name):
                take_branch(procedure, row, nothing._replace(state=state))


@pytest.mark.parametrize("procedure", EVERY)
def test_no_model_can_be_attached_to_a_machine(procedure: Procedure[Any]) -> None:
    """All threads share it: what has a state is made for one event."""
    machine = machine_of(procedure)
    with pytest.raises(TypeError, match="never attached"):
        machine.add_model(object())
    assert [] == machine.models


# ------------------------------------------------------------------------------------------------------------- situations


def assembly(database: Database, book: Rulebook) -> Assembly:
    """Return an Assembly with somebody in every office."""
    charter = {"level": "regional", "highest_body": "conference"}
    return Assembly(
        database, book=book, members=8, council=4, small_assemblies=("Kostanay", "Almaty"), associations={"conf": charter},
        state_bodies=("gov",), candidates="ABCD",
    )  # fmt: skip


@pytest.fixture
def memory() -> Iterator[Database]:
    """Lend an empty database in memory: what is tried here is decided before anything is stored."""
    database = Database("sqlite://")
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.dispose()


@dataclasses.dataclass(frozen=True)
class Tried:
    """What one act came to that was tried and undone."""

    outcome: str
    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def attempted(wanderer: Wanderer, act: Act) -> Tried:
    """Try an act and undo it; what was not done must not have written anything."""
    with wanderer.assembly.database.transaction(keep=False) as db:
        before = written(db)
        try:
            done = perform(db, act, wanderer.assembly.book)
        except Unanswerable as error:
            assert before == written(db), f"{act} wrote"
            return Tried(type(error).__name__, plain(error.refusals if isinstance(error, Refused) else ()))
        return Tried("Done", warnings=plain(done.warnings))


def written(db: Db) -> Any:
    """Count what this transaction has written: SQLite counts rows, PostgreSQL too."""
    if db.kind == "sqlite":
        return db.connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
    return db.one("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")


def plain(refusals: Any) -> tuple[str, ...]:
    return tuple(json.dumps(refusal.as_data(), sort_keys=True, default=str) for refusal in refusals)


def explained(wanderer: Wanderer, case: Case, actor: str) -> dict[str, Answer]:
    """Ask what somebody may do with a case now."""
    assembly = wanderer.assembly
    with assembly.database.transaction(write=False) as db:
        return {answer.act: answer for answer in explain(db, case.number, actor, at=assembly.now, book=assembly.book)}


def check_the_answer(wanderer: Wanderer, case: Case, row: Transition[Any], act: Act) -> None:
    """What is said of an act before it is done, without its facts, is what is then answered."""
    if act.office is not None or act.on_behalf_of is not None:
        return
    said = explained(wanderer, case, act.actor)[row.name]
    came = attempted(wanderer, act)
    if came.outcome == "Forbidden":
        assert not said.allowed, (case, act)
    if came.outcome == "Done":
        assert said.allowed, (case, act, said.refusals)
        assert {*plain(said.warnings)} <= {*came.warnings}
    if came.outcome == "Refused":
        assert {*plain(said.refusals)} <= {*came.refusals}, (case, act)
    if not row.facts.model_fields:
        assert said.allowed == (came.outcome == "Done"), (case, act, came)
        assert came.outcome == "Forbidden" or plain(said.refusals) == came.refusals, (case, act)


def check_what_the_state_does_not_know(wanderer: Wanderer, case: Case, row: Transition[Any]) -> None:
    """It is refused with all norms of the act, whoever tries, and writes nothing."""
    act = wanderer.attempt(case, row, office=Office.consequence)
    if act is not None:
        came = attempted(wanderer, act)
        assert "Refused" == came.outcome, (case, act, came)
        assert sorted(row.norms) == sorted(json.loads(refusal)["norm"] for refusal in came.refusals)


def check_wrong_facts(wanderer: Wanderer, case: Case, row: Transition[Any]) -> None:
    """Facts of the wrong shape are answered as such in every state, before any rule is asked, and write nothing."""
    act = wanderer.attempt(case, row, office=Office.consequence)
    for facts in wrong(act.facts if act else {}):
        tried = Act(procedure=case.procedure.name, name=row.name, actor="d1", case=case.number, at=wanderer.assembly.now,
                    office=Office.consequence, facts=facts)  # fmt: skip
        assert WrongFacts.__name__ == attempted(wanderer, tried).outcome, (case, tried)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_of_an_act_is_what_is_answered(seed: int, memory: Database) -> None:
    """In whatever situation a case comes to be: procedure × state × act × office × facts."""
    overrides = tuple((LONG_AGO, key, value) for key, value in SWITCHED[seed % len(SWITCHED)].items())
    wanderer = Wanderer(assembly(memory, Rulebook(overrides=overrides)), seed)
    for case in wanderer.wander(STEPS):
        for row in case.procedure.acts:
            if case.state in row.source:
                for office in row.persons:
                    act = wanderer.attempt(case, row, office=office)
                    if act is not None:
                        check_the_answer(wanderer, case, row, act)
                        stranger = act._replace(actor=wanderer.dice.choice(wanderer.people))
                        check_the_answer(wanderer, case, row, stranger)
            else:
                check_what_the_state_does_not_know(wanderer, case, row)
    wanderer.assembly.assert_replayable()


@pytest.mark.postgresql
def test_postgresql_answers_no_otherwise(postgresql_database: Database) -> None:
    """The same where rows are locked one by one: whatever is tried, what is said of it is what is answered."""
    wanderer = Wanderer(assembly(postgresql_database, Rulebook()), 0)
    for case in wanderer.wander(STEPS // 4):
        for row in case.procedure.acts:
            if case.state not in row.source:
                check_what_the_state_does_not_know(wanderer, case, row)
            else:
                for act in filter(None, (wanderer.attempt(case, row, office=office) for office in row.persons)):
                    check_the_answer(wanderer, case, row, act)
    wanderer.assembly.assert_replayable()


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_facts_of_the_wrong_shape_are_named_as_such(seed: int, memory: Database) -> None:
    """Never a bug, never a refusal by a rule: 422 comes before 409."""
    wanderer = Wanderer(assembly(memory, Rulebook()), seed)
    for case in wanderer.wander(STEPS // 2):
        for row in case.procedure.acts:
            check_wrong_facts(wanderer, case, row)


@pytest.mark.slow
def test_the_wanderer_comes_everywhere(memory: Database) -> None:
    """What is tested in sampled situations is tested in many: every procedure of the Regulation.

    An edition names a rule with its own norm, a decision on a term a calendar that has changed: chance rarely finds them.
    """
    wanderer = Wanderer(assembly(memory, Rulebook()), 30)
    assert all(0 < case.seq for case in wanderer.wander(4 * STEPS))
    assert {*PROCEDURES} - {name for name, _ in wanderer.visited} <= {"edition", "term_decision"}


def test_nobody_else_is_answered(memory: Database) -> None:
    """Who holds no office at all is Forbidden everything, in every state, but what a candidate may do himself."""
    wanderer = Wanderer(assembly(memory, Rulebook()), 5)
    for case in wanderer.wander(STEPS // 2):
        for row in case.procedure.acts:
            act = wanderer.attempt(case, row, office=Office.consequence)
            if act is not None and case.person != "s:Almaty":
                stranger = act._replace(actor="nobody", office=None)
                assert "Forbidden" == attempted(wanderer, stranger).outcome
