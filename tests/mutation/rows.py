"""Our own mutator: every fact in the rows of the lifecycles is changed, one at a time.

Tools for mutation change what stands inside functions; a row stands outside. What is changed here: a row goes; the
state it starts from or leads to is another; who may take it is one fewer, or somebody else, in another role, on
another side, or without the condition on the actor; a guard goes; what is owed is one fewer, goes to others, or in
another way; the flow goes or is the other; what a row makes besides, asks of the command or waits for goes; an end is
none.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias

import attrs

import kundorder
from kundorder import vocabulary
from kundorder.vocabulary import Flow, Party, Role, Template

FOLDER: Final = Path(kundorder.__file__).parent / "lifecycles"
TABLES: Final = ("order", "agreement", "assignment", "user", "provider")
"""The modules that hold rows."""

DROPPED: Final = ("given", "also", "until", "changes")
"""What of a row may be left out, so that leaving it out is no error of its own."""

Change: TypeAlias = tuple[ast.expr, ast.expr, str]  # what stands there, what takes its place, in words


@attrs.frozen(kw_only=True)
class Mutant:
    """A module with one change."""

    module: str  # dotted
    line: int
    change: str  # in words
    source: str

    @property
    def name(self) -> str:
        """Where, and what."""
        return f"{self.module.rpartition('.')[2]}.py:{self.line}: {self.change}"


def mutants() -> Iterator[Mutant]:
    """All of them, in the order of the source."""
    for name in TABLES:
        source = (FOLDER / f"{name}.py").read_text("utf-8")
        tree = ast.parse(source)
        for node, other, change in _changes(tree):
            yield Mutant(
                module=f"kundorder.lifecycles.{name}",
                line=node.lineno,
                change=change,
                source=_replaced(source, node, ast.unparse(other)),
            )


def unchanged() -> Iterator[Mutant]:
    """The modules as they are, on which no test may fail."""
    for name in TABLES[:1]:
        source = (FOLDER / f"{name}.py").read_text("utf-8")
        yield Mutant(module=f"kundorder.lifecycles.{name}", line=1, change="nothing is changed", source=source)


def _replaced(source: str, node: ast.expr, text: str) -> str:
    lines = source.encode().splitlines(keepends=True)  # the columns of a node are counted in bytes
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    first, last = node.lineno - 1, node.end_lineno - 1
    begin, end = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
    return b"".join([*lines[:first], begin, text.encode(), end, *lines[last + 1 :]]).decode()


def _changes(tree: ast.Module) -> Iterator[Change]:
    facts = _Facts(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Row")):
                yield from facts.of_row(node)
            case ast.Call(func=ast.Name(id="By")):
                yield from facts.of_by(node)
            case ast.Call(func=ast.Name(id="Owes")):
                yield from facts.of_owes(node)
            case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Tuple() as ends]):
                yield from _fewer(ends, "an end that is none")
            case ast.Tuple(elts=elements) if any(_is_row(each) for each in elements):
                yield from _fewer(node, "a row less", only=_is_row)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() as value) if name.isupper():
                yield from _fewer(value, f"one less in {name}", only=lambda each: isinstance(each, ast.Attribute))
            case _:
                pass


def _is_row(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Row"
    )


class _Facts:
    """What a module names, for something else to be put where one of them stands."""

    def __init__(self, tree: ast.Module) -> None:
        assigned = {
            target.id: statement.value
            for statement in tree.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        self.one = [name for name, value in assigned.items() if _is_call(value, "By")]
        self.several = [
            name
            for name, value in assigned.items()
            if isinstance(value, ast.Tuple) and all(_is_call(each, "By") for each in value.elts)
        ]
        self.states = [
            getattr(vocabulary, alias.name)
            for statement in tree.body
            if isinstance(statement, ast.ImportFrom)
            for alias in statement.names
            if alias.asname == "S"
        ]
        self.told = sorted(
            {
                ast.unparse(node.args[1])
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and _is_call(node, "Owes")
            }
        )

    def of_row(self, row: ast.Call) -> Iterator[Change]:  # noqa: PLR0912 - one branch a fact
        """Every fact of a row."""
        for word in row.keywords:
            match word.arg, word.value:
                case "at" | "to", ast.Attribute(value=ast.Name(id="S"), attr=here):
                    for state in _others(self.states[0], here):
                        yield word.value, _named("S", state), f"{word.arg} {state} in place of {here}"
                case "by", ast.Tuple() as several:
                    yield from self._who(several)
                case "by", ast.Name(id=here):
                    for name in self.several:
                        if name != here:
                            yield word.value, ast.Name(name), f"by {name} in place of {here}"
                case "when" | "owes", ast.Tuple() as several:
                    yield from _fewer(several, f"one less in {word.arg}")
                case "when" | "owes", ast.Name(id=name):
                    yield word.value, ast.Tuple([]), f"without {word.arg} {name}"
                case "flow", _:
                    yield row, _without(row, "flow"), "in both flows"
                    for flow in Flow:
                        if not ast.unparse(word.value).endswith(flow.name):
                            yield word.value, _named("Flow", flow.name), f"in the flow {flow}"
                case str() as name, value if name in DROPPED:
                    yield row, _without(row, name), f"without {name} {ast.unparse(value)}"
                case _:
                    pass

    def _who(self, several: ast.Tuple) -> Iterator[Change]:
        if len(several.elts) > 1:
            yield from _fewer(several, "by one fewer")
        for each in several.elts:
            if isinstance(each, ast.Name):
                for name in self.one:
                    if name != each.id:
                        yield each, ast.Name(name), f"by {name} in place of {each.id}"

    def of_by(self, by: ast.Call) -> Iterator[Change]:
        """Every fact of a capacity."""
        role, party, *_rest = by.args
        here = ast.unparse(role).rpartition(".")[2]
        for other in _others(Role, here):
            yield role, _named("Role", other), f"role {other} in place of {here}"
        there = ast.unparse(party).rpartition(".")[2]
        if isinstance(party, ast.Attribute):
            for other in _others(Party, there, all_of_them=True):
                yield party, _named("Party", other), f"party {other} in place of {there}"
        for word in by.keywords:
            yield by, _without(by, word.arg), f"without {word.arg} {ast.unparse(word.value)}"

    def of_owes(self, owes: ast.Call) -> Iterator[Change]:
        """Every fact of a debt."""
        template, to = owes.args
        here = ast.unparse(template).rpartition(".")[2]
        for other in _others(Template, here):
            yield template, _named("Template", other), f"template {other} in place of {here}"
        for name in self.told:
            if name != ast.unparse(to):
                yield to, ast.parse(name, mode="eval").body, f"to {name} in place of {ast.unparse(to)}"
        for way, usual in (("mail", True), ("notice", False)):
            held = {word.arg: ast.literal_eval(word.value) for word in owes.keywords}.get(way, usual)
            changed = _without(owes, way)
            changed.keywords = [*changed.keywords, ast.keyword(way, ast.Constant(not held))]
            yield owes, changed, f"{way} {not held}"


def _is_call(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _named(kind: str, name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(kind), name)


def _others(kind: type[Enum], here: str, *, all_of_them: bool = False) -> Sequence[str]:
    """The neighbours of a name among its kind, or all but itself."""
    known = [each.name for each in kind]
    if here not in known:
        return known[:1]  # there was none
    if all_of_them:
        return [name for name in known if name != here]
    place = known.index(here)
    return list(dict.fromkeys(name for name in (known[place - 1], known[(place + 1) % len(known)]) if name != here))


def _without(call: ast.Call, name: str | None) -> ast.Call:
    changed = copy(call)
    changed.keywords = [word for word in call.keywords if word.arg != name]
    return changed


def _fewer(
    several: ast.Tuple, words: str, *, only: Callable[[ast.expr], bool] = lambda _each: True
) -> Iterator[Change]:
    for number, each in enumerate(several.elts):
        if only(each):
            fewer = ast.Tuple([*several.elts[:number], *several.elts[number + 1 :]])
            yield several, fewer, f"{words}: without {_short(each)}"


def _short(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and _is_row(node):
        facts = {word.arg: ast.unparse(word.value) for word in node.keywords}
        return " ".join(facts[name] for name in ("at", "command", "flow") if name in facts)
    return " ".join(ast.unparse(node).split())[:60]
