"""What the page on signing shows is what a host can use as it stands."""

import re
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from cast import Cast
from joint import Table
from test_pages import run
from test_signing import Slow

import kundorder as ko
from kundorder.vocabulary import AttestMethod

PAGE = Path(__file__).resolve().parents[1] / "docs" / "how-to" / "signing.md"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.chdir(tmp_path)
    return dict(run(PAGE, {}).namespace)


def called(page: dict[str, object], name: str, *given: object) -> object:
    """What a function of the page gives back."""
    function = page[name]
    assert callable(function)
    found: object = function(*given)
    return found


def register_of(made: object) -> Callable[[str], ko.SigningAuthority]:
    """The register of the page, made for who signs alone."""
    assert callable(made)

    def register(alone: str) -> ko.SigningAuthority:
        kept: object = made(alone)
        return Asked(kept)

    return register


@attrs.frozen
class Asked:
    """Whatever the page has made, asked as the port is."""

    register: object

    def may_bind(self, question: ko.AuthorityQuestion) -> ko.Authority:
        answer: object = getattr(self.register, "may_bind")(question)  # noqa: B009 - its type is the page's own
        assert isinstance(answer, ko.Authority)
        return answer


def test_the_view_shows_says_and_is_done(page: dict[str, object]) -> None:
    slow = Slow()
    cast = Cast.new(agent=False, signing=slow)
    order = cast.sent()
    assert "Attest av beställning" in str(called(page, "before", cast.portal, order, cast.atle))
    slow.answers += ["pending", "failed", "done"]
    view = [called(page, "attest", cast.portal, order, cast.atle, AttestMethod.BANKID) for _ in range(3)]
    assert [each[0] for each in view if isinstance(each, tuple)] == ["show", "say", "done"]


def test_the_register_lets_one_sign_alone_and_else_asks_for_two(page: dict[str, object]) -> None:
    table = Table.of(3)
    register = register_of(page["Register"])
    first = table.agreement().signatories[0].contact.email
    assert table.sign("s1", table.portal(authority=register(first))).state == "SIGNED"
    table = Table.of(3)
    portal = table.portal(authority=register("nobody@x.example"))
    assert table.sign("s1", portal).state == "AWAITING_SIGNATURE"
    assert table.sign("s3", portal).state == "SIGNED"


def test_a_link_that_is_followed_shows_the_agreement_and_later_that_nothing_is_left_to_do(
    page: dict[str, object],
) -> None:
    table = Table.of(1)
    (letter,) = [each for each in table.world.mailer.letters if "agreement?id=" in each.text]
    found = re.search(r"signatory=s1#(\S+)", letter.text)
    assert found is not None
    shown = called(page, "opened", table.world.portal, found.group(1))
    assert isinstance(shown, tuple)
    assert shown[0] == "read and sign"
    assert "Kundavtal" in shown[1]
    table.sign("s1")
    assert called(page, "opened", table.world.portal, found.group(1)) == "nothing left to do: decided"
    assert called(page, "opened", table.world.portal, "x" * 43) == "no such link"
