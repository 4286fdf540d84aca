"""The machines as pictures, in the language of Mermaid."""

from collections.abc import Iterator

from kundorder.lifecycles.rows import Table
from kundorder.lifecycles.tables import TABLES
from kundorder.reasons import word
from kundorder.vocabulary import Flow, Language, Lifecycle
from kundorder.workflow import rows_in

FLOWS = {Flow.DIRECT: "direct", Flow.VIA_AGENT: "via agent"}
"""A flow, in words."""


def table_of(lifecycle: Lifecycle) -> Table:
    """The rows of a lifecycle."""
    return next(table for table in TABLES if table.lifecycle is lifecycle)


def diagram(lifecycle: Lifecycle, flow: Flow | None = None) -> str:
    """A lifecycle as a state diagram with a title; without a flow, what is possible in any."""
    title = lifecycle.value.replace("_", " ").capitalize() + ("" if flow is None else f", flow {FLOWS[flow]}")
    return "\n".join(("---", f"title: {title}", "---", *_lines(table_of(lifecycle), flow))) + "\n"


def diagram_block(table: Table, flow: Flow | None) -> str:
    """The same without a title, for a page that has headings."""
    return "\n".join(("```mermaid", *_lines(table, flow), "```"))


def _lines(table: Table, flow: Flow | None) -> Iterator[str]:
    rows = table.rows if flow is None else rows_in(table, flow)
    states = dict.fromkeys(row.to for row in rows)
    yield "stateDiagram-v2"
    for state in states:
        yield f"    {state.value}: {word(state, Language.EN)}"
    steps = dict.fromkeys((row.at, row.trigger, row.to) for row in rows)
    for at, trigger, to in steps:
        yield f"    {'[*]' if at is None else at.value} --> {to.value}: {word(trigger, Language.EN)}"
    for state in states:
        if state in table.final:
            yield f"    {state.value} --> [*]"
