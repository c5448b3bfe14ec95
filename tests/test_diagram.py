"""The drawing of a procedure: everything of the table is in it, nothing stands over anything else."""

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from desk.pages.diagram import _Drawing, diagram, following_states, steps_of
from desk.pages.diagram_layout import Box, layered
from machines.procedure import NEW
from machines.procedures import PROCEDURES
from machines.wording import LANGUAGES, say

EVERY = [(name, language) for name in PROCEDURES for language in LANGUAGES]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_nothing_stands_over_anything_else(name: str, language: str):
    """No box and no label touches another, and all are inside the drawing."""
    layout = _Drawing(PROCEDURES[name], language, {})._layout
    drawn = _Drawing(PROCEDURES[name], language, {})
    sizes = {NEW: (14, 14)} | {
        state: (len(max(text, key=len)) * 7.9, 17 * len(text)) for state, text in drawn._texts.items()
    }
    sizes |= {act: (len(max(text, key=len)) * 7.9, 17 * len(text)) for act, (_, text) in drawn._acts.items()}
    for one, other in combinations(sizes, 2):
        apart = [
            abs(layout.places[one][axis] - layout.places[other][axis]) - (sizes[one][axis] + sizes[other][axis]) / 2
            for axis in (0, 1)
        ]
        assert max(apart) > 0, (one, other)
    assert all(
        0 <= layout.places[each][0] <= layout.width and 0 <= layout.places[each][1] <= layout.height for each in sizes
    )


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_state_and_act_is_named_in_the_readers_language(name: str, language: str):
    """In the drawing, in whole, and again in the list below it, which is the same for those who do not see."""
    figure = ET.fromstring(diagram(name, language))
    drawing = " ".join("".join(text.itertext()) for text in figure.iter("{http://www.w3.org/2000/svg}tspan"))
    listed = " ".join("".join(line.itertext()) for line in figure.iter("li"))
    for state in PROCEDURES[name].states:
        assert say(f"names.state.{name}.{state}", language) in drawing
    for step in steps_of(PROCEDURES[name]):
        assert say(f"names.act.{name}.{step.act}", language) in drawing
        assert say(f"names.act.{name}.{step.act}", language) in listed


def test_a_case_stands_in_its_diagram():
    """What was passed, where it is and what may follow is drawn and told, from the table."""
    drawn = str(diagram("candidacy", "en", passed=("nominated",), current="admissible"))
    assert ("considered", "withdrawn") == following_states(PROCEDURES["candidacy"], "admissible")
    assert "Passed: nominated. Now: admissible. May come next: considered by the Council, withdrawn." in drawn
    assert 1 == drawn.count("✓ ")
    assert 1 == drawn.count('stroke-width="4"')
    assert 2 == drawn.count('stroke-dasharray="7 4"')


def test_no_style_that_the_safety_rules_of_pages_refuse():
    """The colours are those of the page around, by attributes alone."""
    for name in PROCEDURES:
        assert "style" not in diagram(name, "ru")


def test_arrows_that_lead_back_lead_upwards():
    """A circle is drawn with its beginning on top."""
    layout = layered(
        [Box("a", 20, 20), Box("b", 20, 20), Box("back", 20, 20, between=True)],
        [("a", "b"), ("b", "back"), ("back", "a")],
    )
    assert layout.places["a"][1] < layout.places["back"][1] < layout.places["b"][1]
    assert layout.ways["b", "back"][0][1] > layout.ways["b", "back"][-1][1]


def test_unknown_procedures_are_named():
    """A misspelt name is a mistake that shows itself."""
    with pytest.raises(KeyError, match="flight"):
        diagram("flight", "en")
