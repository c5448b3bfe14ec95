"""Where the boxes and arrows of a diagram stand: in layers from top to bottom, with few crossings, nothing over anything else.

Arrows that lead back are turned round while the layers are found; an arrow over several layers gets a narrow place in each, so
that it runs between the boxes. The same input always gives the same drawing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Arrow = tuple[str, str]
Point = tuple[float, float]

SIDEWAYS, DOWNWARDS, PASSAGE = 28, 34, 14  # gaps between boxes and layers; the width that a passing arrow is given
_SWEEPS, _ROUNDS = 24, 200
_PORT, _CORNER = 18, 14  # the most between two arrows at the edge of a box; how near to its corner they may come
_STRAIGHT = 4  # how much more a passing arrow wants to run upright than to be near to what it joins


@dataclass(frozen=True, slots=True)
class Box:
    """Something to be placed: its name and its size; *between* is what stands on an arrow rather than at its end."""

    name: str
    width: float
    height: float
    between: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The finished drawing: the middle of every box, and the points of every arrow from its beginning to its end."""

    width: float
    height: float
    places: Mapping[str, Point]
    ways: Mapping[Arrow, tuple[Point, ...]]


@dataclass(slots=True)
class _Graph:
    """The arrows turned downwards, the layer of every box, and the passages of the long arrows."""

    boxes: dict[str, Box]
    layers: list[list[str]] = field(default_factory=list)
    down: dict[str, list[str]] = field(default_factory=dict)
    up: dict[str, list[str]] = field(default_factory=dict)
    chains: dict[Arrow, list[str]] = field(default_factory=dict)
    passages: dict[str, list[str]] = field(default_factory=dict)  # of each passage, all those of its arrow

    def link(self, upper: str, lower: str) -> None:
        """Remember that two in neighbouring layers belong together."""
        self.down.setdefault(upper, []).append(lower)
        self.up.setdefault(lower, []).append(upper)


def layered(boxes: Sequence[Box], arrows: Iterable[Arrow]) -> Layout:
    """Place *boxes* so that *arrows* mostly lead downwards; the first box is where everything begins."""
    arrows = list(dict.fromkeys(arrows))
    turned = _turned(boxes, arrows)
    ranks = _ranks([box.name for box in boxes], _downwards(arrows, turned))
    assert ranks is not None
    graph = _graph(boxes, arrows, turned, ranks)
    _order(graph)
    return _drawn(graph, turned, _across(graph))


# --------------------------------------------------------------------------------------------------------------- layers


def _turned(boxes: Sequence[Box], arrows: list[Arrow]) -> set[Arrow]:
    """Choose the arrows that lead back; what stands on an arrow that leads back is put above its beginning."""
    names = [box.name for box in boxes]
    turned = _leading_back(names, arrows)
    for box in boxes:
        leaving = [arrow for arrow in arrows if arrow[0] == box.name]
        if box.between and leaving and {*leaving} <= turned:
            tried = turned | {arrow for arrow in arrows if arrow[1] == box.name}
            turned = tried if _ranks(names, _downwards(arrows, tried)) is not None else turned
    return turned


def _leading_back(names: list[str], arrows: list[Arrow]) -> set[Arrow]:
    """Walk along the arrows, depth first; an arrow to where the walk has come from leads back."""
    leaving: dict[str, list[str]] = {}
    for source, target in arrows:
        leaving.setdefault(source, []).append(target)
    done: set[str] = set()
    on_the_way: list[str] = []
    back: set[Arrow] = set()

    def walk(name: str) -> None:
        on_the_way.append(name)
        for target in leaving.get(name, ()):
            if target in on_the_way:
                back.add((name, target))
            elif target not in done:
                walk(target)
        done.add(on_the_way.pop())

    for name in names:
        if name not in done:
            walk(name)
    return back


def _downwards(arrows: list[Arrow], turned: set[Arrow]) -> list[Arrow]:
    return [(target, source) if (source, target) in turned else (source, target) for source, target in arrows]


def _ranks(names: list[str], arrows: list[Arrow]) -> dict[str, int] | None:
    """Give every box the lowest layer that is below all it follows from; None: the arrows still go in a circle."""
    ranks = dict.fromkeys(names, 0)
    for _ in range(len(names) + 1):
        moved = False
        for source, target in arrows:
            if ranks[target] <= ranks[source]:
                ranks[target], moved = ranks[source] + 1, True
        if not moved:
            return ranks
    return None


def _graph(boxes: Sequence[Box], arrows: list[Arrow], turned: set[Arrow], ranks: dict[str, int]) -> _Graph:
    graph = _Graph({box.name: box for box in boxes}, [[] for _ in range(max(ranks.values()) + 1)])
    for box in boxes:
        graph.layers[ranks[box.name]].append(box.name)
    for arrow, (upper, lower) in zip(arrows, _downwards(arrows, turned), strict=True):
        chain = [upper]
        for layer in range(ranks[upper] + 1, ranks[lower]):
            passage = Box(f"{upper}>{lower}@{layer}", PASSAGE, 0)
            graph.boxes[passage.name] = passage
            graph.layers[layer].append(passage.name)
            chain.append(passage.name)
        chain.append(lower)
        for above, below in pairwise(chain):
            graph.link(above, below)
        graph.chains[arrow] = chain
        graph.passages |= dict.fromkeys(chain[1:-1], chain[1:-1])
    return graph


# ---------------------------------------------------------------------------------------------------------------- order


def _order(graph: _Graph) -> None:
    """Order each layer by the middle of its neighbours, to and fro, and keep the order with the fewest crossings."""
    best, fewest = [list(layer) for layer in graph.layers], _crossings(graph)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        order = range(1, len(graph.layers)) if downwards else range(len(graph.layers) - 2, -1, -1)
        for index in order:
            _sort_by(graph, index, index - 1 if downwards else index + 1, graph.up if downwards else graph.down)
        crossings = _crossings(graph)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in graph.layers], crossings
    graph.layers[:] = best


def _sort_by(graph: _Graph, index: int, beside: int, links: Mapping[str, list[str]]) -> None:
    place = {name: at for at, name in enumerate(graph.layers[beside])}
    stands = {name: at for at, name in enumerate(graph.layers[index])}

    def middle(name: str) -> float:
        near = [place[other] for other in links.get(name, ())]
        return sum(near) / len(near) if near else stands[name]

    graph.layers[index].sort(key=lambda name: (middle(name), stands[name]))


def _crossings(graph: _Graph) -> int:
    total = 0
    for upper, lower in pairwise(graph.layers):
        place = {name: at for at, name in enumerate(lower)}
        ends = [place[below] for above in upper for below in sorted(graph.down.get(above, ()), key=place.__getitem__)]
        total += sum(first > second for at, first in enumerate(ends) for second in ends[at + 1 :])
    return total


# --------------------------------------------------------------------------------------------------------------- places


def _across(graph: _Graph) -> dict[str, float]:
    """Move every box as near to the middle of its neighbours as those beside it allow."""
    across: dict[str, float] = {}
    for layer in graph.layers:
        across |= dict(_apart(graph, layer, [0.0] * len(layer)))
    for turn in range(_ROUNDS):
        layers = graph.layers if turn % 2 == 0 else graph.layers[::-1]
        for layer in layers:
            across |= dict(_apart(graph, layer, [_wish(graph, name, across) for name in layer]))
    left = min(across[name] - graph.boxes[name].width / 2 for name in across)
    return {name: at - left for name, at in across.items()}


def _wish(graph: _Graph, name: str, across: Mapping[str, float]) -> float:
    """Return where a box would stand best: amid its neighbours; a passage under the others of its arrow, which then runs upright."""
    near = [*graph.up.get(name, ()), *graph.down.get(name, ())]
    if name in graph.passages:
        near += [other for other in graph.passages[name] for _ in range(_STRAIGHT)]
    return sum(across[other] for other in near) / len(near) if near else across[name]


def _apart(graph: _Graph, layer: list[str], wishes: list[float]) -> Iterator[tuple[str, float]]:
    """Fulfil the wishes of a layer as nearly as its order and its gaps allow (least squares)."""
    offsets, reach = [], 0.0
    for before, name in zip([None, *layer], layer, strict=False):
        if before is not None:
            reach += (graph.boxes[before].width + graph.boxes[name].width) / 2 + SIDEWAYS
        offsets.append(reach)
    blocks: list[list[float]] = []  # sum of the wishes, number of boxes: pushed together where they would overlap
    for wish, offset in zip(wishes, offsets, strict=True):
        blocks.append([wish - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    moved = [total / count for total, count in blocks for _ in range(int(count))]
    yield from ((name, at + offset) for name, at, offset in zip(layer, moved, offsets, strict=True))


def _drawn(graph: _Graph, turned: set[Arrow], across: Mapping[str, float]) -> Layout:
    places: dict[str, Point] = {}
    top = 0.0
    tall: dict[str, float] = {}
    for layer in graph.layers:
        height = max(graph.boxes[name].height for name in layer)
        places |= {name: (across[name], top + height / 2) for name in layer}
        tall |= dict.fromkeys(layer, height)
        top += height + DOWNWARDS
    ports = _ports(graph, across)
    ways = {}
    for arrow, chain in graph.chains.items():
        points = list(_through(graph, chain, places, tall, ports))
        ways[arrow] = tuple(points[::-1] if arrow in turned else points)
    width = max(across[name] + graph.boxes[name].width / 2 for name in across)
    return Layout(width, top - DOWNWARDS, places, ways)


def _ports(graph: _Graph, across: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Say where, along the edge of a box, the line to each neighbour begins: side by side, in their order."""
    ports: dict[tuple[str, str], float] = {}
    for links in (graph.up, graph.down):
        for name, others in links.items():
            box, near = graph.boxes[name], sorted(others, key=across.__getitem__)
            room = max(0.0, box.width - 2 * _CORNER)
            gap = min(_PORT, room / (len(near) - 1)) if len(near) > 1 and box.height and not box.between else 0.0
            first = across[name] - gap * (len(near) - 1) / 2
            ports |= {(name, other): first + gap * at for at, other in enumerate(near)}
    return ports


def _through(
    graph: _Graph, chain: list[str], places: Mapping[str, Point], tall: Mapping[str, float], ports: Mapping[tuple[str, str], float]
) -> Iterator[Point]:  # fmt: skip
    """Lead from the lower edge of the first box, straight through each layer passed, to the upper edge of the last."""
    first, *passed, last = chain
    yield ports[first, chain[1]], places[first][1] + graph.boxes[first].height / 2
    for name in passed:
        x, y = places[name]
        yield x, y - tall[name] / 2
        yield x, y + tall[name] / 2
    yield ports[last, chain[-2]], places[last][1] - graph.boxes[last].height / 2
