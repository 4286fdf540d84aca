"""Calls that are made but once on all stores that answer alike.

What a call of the portal comes to depends on nothing but the answers its store gives. So a call is remembered as a
tree: what it asks first, for each answer what it asks next, and in the end what it came to.
"""

from collections.abc import Callable, Hashable, MutableMapping
from typing import Generic, Protocol, TypeAlias, TypeVar

import attrs

Answer: TypeAlias = tuple[int | str | None, ...]
"""What tells one answer from another."""

Q = TypeVar("Q", bound=Hashable)
T = TypeVar("T")


class Noting(Protocol[Q]):
    """A store that notes each question with its answer."""

    @property
    def asked(self) -> MutableMapping[Q, Answer]:
        """What it was asked, in order, since somebody has cleared it."""
        ...

    def answer(self, question: Q) -> Answer:
        """What it would answer now."""
        ...


@attrs.define
class Node(Generic[Q, T]):
    """What a call asks next, or, where it asks nothing more, what it comes to."""

    question: Q | None = None
    answers: "dict[Answer, Node[Q, T]]" = attrs.field(factory=dict)
    came_to: list[T] = attrs.field(factory=list)


@attrs.define
class Recalling(Generic[Q, T]):
    """A call that is made once for all stores that answer its questions alike."""

    call: Callable[[], T]
    root: Node[Q, T] = attrs.field(factory=Node[Q, T])

    def on(self, store: Noting[Q]) -> T:
        """What the call comes to on this store."""
        node: Node[Q, T] | None = self.root
        while node is not None and node.question is not None:
            node = node.answers.get(store.answer(node.question))
        if node is not None and node.came_to:
            return node.came_to[0]
        store.asked.clear()
        made, node = self.call(), self.root
        for question, answer in store.asked.items():
            assert node.question in (None, question)
            node.question = question
            node = node.answers.setdefault(answer, Node())
        node.came_to.append(made)
        return made
