"""XML in the narrow form that a signature of BankID has, and its canonical form.

Read by expat and kept as a tree of our own. Whatever could make two readers see two things is refused and not dealt
with: document types and so entities, comments, instructions to programs, prefixes of names. What is left has one
canonical form (Canonical XML 1.0) that is easy to write.
"""

from typing import Final, TypeAlias, final
from xml.parsers import expat

import attrs

_DEEPEST: Final = 20  # elements in one another; a signature has eight
_TEXT: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#xD;"))
_VALUE: Final = (
    ("&", "&amp;"),
    ("<", "&lt;"),
    ('"', "&quot;"),
    ("\t", "&#x9;"),
    ("\n", "&#xA;"),
    ("\r", "&#xD;"),
)


@final
class NotSigned(Exception):
    """What came is no signature of the document; its text says why, in one line and without personal data."""


@final
@attrs.frozen
class Element:
    """An element with all that is in it."""

    name: str
    space: str  # its namespace; empty: none
    attributes: dict[str, str]
    children: tuple["Node", ...]

    @property
    def elements(self) -> tuple["Element", ...]:
        """The elements directly in it.

        Raises:
            NotSigned: there is text between them.
        """
        if any(isinstance(child, str) and child.strip() for child in self.children):
            raise NotSigned(f"there is text in {self.name}")
        return tuple(child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        """What is written in it.

        Raises:
            NotSigned: there are elements in it.
        """
        if not all(isinstance(child, str) for child in self.children):
            raise NotSigned(f"there are elements in {self.name}")
        return "".join(child for child in self.children if isinstance(child, str))


Node: TypeAlias = Element | str


def parsed(xml: bytes) -> Element:
    """The root.

    Raises:
        NotSigned: it is not well-formed XML in UTF-8, or not in the narrow form.
    """
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = reading.refuse
    parser.ProcessingInstructionHandler = reading.refuse
    parser.CommentHandler = reading.refuse
    try:
        _ = parser.Parse(xml.decode(), True)  # noqa: FBT003 - expat takes no names
    except UnicodeDecodeError:
        raise NotSigned("it is not in UTF-8") from None
    except expat.ExpatError as error:
        raise NotSigned(f"it is no well-formed XML ({expat.ErrorString(error.code)})") from None
    if reading.root is None:
        raise NotSigned("there is nothing in it")
    return reading.root


def canonical(element: Element) -> bytes:
    """The element as a document of its own, in Canonical XML 1.0, in UTF-8."""
    return _written(element, "").encode()


def _written(element: Element, outer: str) -> str:
    space = "" if element.space == outer else f' xmlns="{_escaped(element.space, _VALUE)}"'
    values = (f' {name}="{_escaped(value, _VALUE)}"' for name, value in sorted(element.attributes.items()))
    inner = (
        _escaped(child, _TEXT) if isinstance(child, str) else _written(child, element.space)
        for child in element.children
    )
    return f"<{element.name}{space}{''.join(values)}>{''.join(inner)}</{element.name}>"


def _escaped(text: str, marks: tuple[tuple[str, str], ...]) -> str:
    for mark, instead in marks:
        text = text.replace(mark, instead)
    return text


@attrs.define
class _Open:
    name: str
    space: str
    attributes: dict[str, str]
    children: list[Node] = attrs.field(factory=list)


@attrs.define
class _Reading:
    root: Element | None = None
    open: list[_Open] = attrs.field(factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        outer = self.open[-1].space if self.open else ""
        space = attributes.pop("xmlns", outer)
        if any(":" in each for each in (name, *attributes)):
            raise NotSigned("a name in it has a prefix")
        if len(self.open) == _DEEPEST:
            raise NotSigned("its elements are too deep in one another")
        self.open.append(_Open(name, space, attributes))

    def end(self, name: str) -> None:
        """The innermost element ends; that it is the one of this name is what well-formed means."""
        del name
        done = self.open.pop()
        element = Element(done.name, done.space, done.attributes, tuple(done.children))
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element

    def text(self, text: str) -> None:
        """Text within the innermost element."""
        self.open[-1].children.append(text)

    def refuse(self, *_: object) -> None:
        """Something that has no place here."""
        raise NotSigned("there is a document type, an instruction or a comment in it")
