"""The states and acts of a procedure as a drawing of our own, made from the table itself, with the same as a list below it.

States are boxes, acts stand on the arrows between them; an act that several states know, or that leads to several, stands once.
The drawing takes the colour of the text around it, so that it is right in light, in dark and on paper, and nothing is told by colour
alone: a state that was passed has a tick, the present one a thick frame, those that may come next a dashed one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from desk.pages.diagram_layout import Box, Layout, Point, layered
from machines.procedure import NEW, SAME, Procedure, Transition
from machines.procedures import PROCEDURES
from machines.tables import targets
from machines.wording import has, say

_LETTER, _LINE, _PAD = 7.9, 17, 12  # pixels: the usual width of a letter, a line, the room around the text of a state
_STATE_LINE, _ACT_LINE = 20, 22  # letters after which the text goes on below
_MARGIN, _DOT, _ROUND = 6, 7, 8

_PLAIN = Markup("")
_FRAMES = {
    "current": Markup(' stroke-width="4" fill="currentColor" fill-opacity="0.12"'),
    "next": Markup(' stroke-dasharray="7 4"'),
}

Way = tuple[tuple[str, ...], tuple[str, ...], bool]  # from which states, to which, and whether no person does it


@dataclass(frozen=True, slots=True)
class Step:
    """An act as a line of the list: from which states, to which, and whether anybody does it."""

    act: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    by_person: bool


def diagram(
    procedure: Procedure[Any] | str, language: str, *, passed: Collection[str] = (), current: str | None = None
) -> Markup:
    """Draw a procedure in *language*, or a case of it: the states it has *passed*, the *current* one and those that may come next.

    A KeyError where there is no procedure of the name.
    """
    if isinstance(procedure, str):
        procedure = PROCEDURES[procedure]
    return _figure(procedure, language, frozenset(passed), current)


@lru_cache(maxsize=512)  # the same few are looked at again and again, and a layout takes longer than all else of a page
def _figure(procedure: Procedure[Any], language: str, passed: frozenset[str], current: str | None) -> Markup:
    following = following_states(procedure, current) if current else ()
    marks = (
        dict.fromkeys(following, "next") | dict.fromkeys(passed, "passed") | ({current: "current"} if current else {})
    )
    drawing = _Drawing(procedure, language, marks)
    name = say(f"names.procedure.{procedure.name}", language)
    region = say("register.diagram.title", language, procedure=name)
    return Markup(
        '<figure class="diagram"><div class="wide" tabindex="0" role="region" aria-label="{region}">{svg}</div>'
        "<figcaption>{caption}</figcaption><details><summary>{summary}</summary><ul>{lines}</ul></details></figure>"
    ).format(
        region=region, svg=drawing.svg(region), caption=_how(language, with_marks=bool(current)),
        summary=say("register.diagram.list", language), lines=Markup("").join(drawing.lines()),
    )  # fmt: skip


def _how(language: str, *, with_marks: bool) -> str:
    keys = ("how", "marks") if with_marks else ("how",)
    return " ".join(say(f"register.diagram.{key}", language) for key in keys)


def following_states(procedure: Procedure[Any], state: str) -> tuple[str, ...]:
    """Name the states to which an act may lead from *state*."""
    found = [target for row in procedure.known_in(state) for target in targets(row) if target not in (SAME, state)]
    return tuple(dict.fromkeys(found))


def steps_of(procedure: Procedure[Any]) -> list[Step]:
    """List the acts that lead from one state to another, in the order of the table."""
    return [_step(row) for row in procedure.acts if any(target != SAME for target in targets(row))]


def _step(row: Transition[Any]) -> Step:
    after = tuple(target for target in targets(row) if target != SAME)
    return Step(row.name, row.source, after, bool(row.persons))


class _Drawing:
    """One procedure on its way to SVG."""

    def __init__(self, procedure: Procedure[Any], language: str, marks: dict[str, str]) -> None:
        self._procedure, self._language, self._marks = procedure, language, marks
        self._texts = {state: self._written(state) for state in map(str, procedure.states)}
        self._acts = self._together()
        self._layout = self._placed()

    def svg(self, title: str) -> Markup:
        """Write the drawing."""
        width, height = self._layout.width + 2 * _MARGIN, self._layout.height + 2 * _MARGIN
        arrow = f"arrow-{self._procedure.name}"
        return Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{arrow}-title {arrow}-desc"'
            ' width="{width}" height="{height}"'
            ' viewBox="{left} {left} {width} {height}" fill="none" stroke="currentColor" font-size="14" text-anchor="middle">'
            '<title id="{arrow}-title">{title}</title><desc id="{arrow}-desc">{told}</desc>'
            '<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 0.5 8 4 0 7.5z" fill="currentColor" stroke="none"/></marker></defs>{ways}{acts}{states}</svg>'
        ).format(
            arrow=arrow, width=round(width), height=round(height), left=-_MARGIN, title=title, told=self._told(),
            ways=Markup("").join(self._ways(arrow)), acts=Markup("").join(self._labels()),
            states=Markup("").join(self._boxes()),
        )  # fmt: skip

    def lines(self) -> Iterator[Markup]:
        """Say the same as a list: each act, from where it leads and where to."""
        for step in steps_of(self._procedure):
            before = [self._state(state) for state in step.before if state != NEW] or [
                say("register.diagram.new", self._language)
            ]
            told = say(
                "register.diagram.line", self._language, act=self._act(step.act), before=before,
                after=[self._state(state) for state in step.after],
            )  # fmt: skip
            yield Markup("<li>{}</li>").format(told)

    def _told(self) -> str:
        """Tell in a sentence where the case stands, for those who do not see the drawing."""
        found = []
        for mark in ("passed", "current", "next"):
            named = [self._state(state) for state in map(str, self._procedure.states) if self._marks.get(state) == mark]
            if named:
                found.append(say(f"register.diagram.{mark}", self._language, states=named))
        return " ".join(found) or say("register.diagram.how", self._language)

    def _together(self) -> dict[str, tuple[Way, list[str]]]:
        """Put acts with the same ends on one arrow; each arrow has a name of its own."""
        ways: dict[Way, list[str]] = {}
        for step in steps_of(self._procedure):
            ways.setdefault((step.before, step.after, not step.by_person), []).append(self._act(step.act))
        return {
            f"act:{at}": (way, [line for text in texts for line in _lines(text, _ACT_LINE)])
            for at, (way, texts) in enumerate(ways.items())
        }

    def _placed(self) -> Layout:
        boxes = [Box(NEW, 2 * _DOT, 2 * _DOT)]
        boxes += [
            Box(state, _width(lines) + 2 * _PAD, len(lines) * _LINE + _PAD) for state, lines in self._texts.items()
        ]
        boxes += [Box(name, _width(lines), len(lines) * _LINE, between=True) for name, (_, lines) in self._acts.items()]
        arrows = []
        for name, ((before, after, _), _) in self._acts.items():
            arrows += [(state, name) for state in before] + [(name, state) for state in after]
        return layered(boxes, arrows)

    def _ways(self, arrow: str) -> Iterator[Markup]:
        for (source, target), points in self._layout.ways.items():
            name = source if source in self._acts else target
            nobody = self._acts[name][0][2]
            yield Markup('<path d="{}"{}{}/>').format(
                _path(points),
                Markup(' marker-end="url(#{})"').format(arrow) if source == name else "",
                Markup(' stroke-dasharray="2 4"') if nobody else "",
            )

    def _labels(self) -> Iterator[Markup]:
        for name, (_, lines) in self._acts.items():
            yield _text(self._layout.places[name], lines)

    def _boxes(self) -> Iterator[Markup]:
        x, y = self._layout.places[NEW]
        yield Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="currentColor"/>').format(x, y, _DOT)
        for state, lines in self._texts.items():
            yield self._box(state, lines, self._layout.places[state])

    def _box(self, state: str, lines: list[str], place: Point) -> Markup:
        mark, final = self._marks.get(state, ""), state in self._procedure.final
        width, height = _width(lines) + 2 * _PAD, len(lines) * _LINE + _PAD
        inner = _rect(place, width - 6, height - 6, _ROUND - 3) if final else ""
        weight = Markup(' font-weight="700"') if mark == "current" else ""
        return Markup("<g{}>{}{}{}</g>").format(
            weight, _rect(place, width, height, _ROUND, _FRAMES.get(mark, _PLAIN)), inner, _text(place, lines)
        )

    def _written(self, state: str) -> list[str]:
        tick = "✓ " if self._marks.get(state) == "passed" else ""
        return _lines(tick + self._state(state), _STATE_LINE)

    def _state(self, state: str) -> str:
        return say(f"names.state.{self._procedure.name}.{state}", self._language)

    def _act(self, act: str) -> str:
        key = f"names.act.{self._procedure.name}.{act}"
        return say(key, self._language) if has(key) else act


def _lines(text: str, most: int) -> list[str]:
    """Break a text into lines between its words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _width(lines: list[str]) -> float:
    return max(map(len, lines)) * _LETTER + 4


def _rect(place: Point, width: float, height: float, corner: int, more: Markup = _PLAIN) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{}"{}/>').format(
        place[0] - width / 2, place[1] - height / 2, width, height, corner, more
    )


def _text(place: Point, lines: list[str]) -> Markup:
    first = place[1] - (len(lines) - 1) * _LINE / 2 + 5  # the middle of small letters, not of the line
    spans = Markup("").join(
        Markup('<tspan x="{:.1f}" y="{:.1f}">{}</tspan>').format(place[0], first + at * _LINE, escape(line))
        for at, line in enumerate(lines)
    )
    return Markup('<text fill="currentColor" stroke="none">{}</text>').format(spans)


def _path(points: tuple[Point, ...]) -> str:
    """Lead a line through the points, upright where it meets a layer."""
    (x, y), *others = points
    written = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in others:
        middle = (y + to_y) / 2
        straight = abs(to_x - x) < 0.5
        written.append(
            f"V{to_y:.1f}" if straight else f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"
        )
        x, y = (x if straight else to_x), to_y
    return "".join(written)
