"""The signatures BankID hands out: what is in them is what was signed, by the one whose certificate it is."""

import importlib
import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import attrs
import pytest
from bankid_stand_in import (
    ANNA,
    BO,
    Paper,
    Person,
    issued,
    key_info,
    ocsp_of,
    people_root,
    person,
    signature_xml,
    signed_by,
    signed_data,
    signed_info,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bankid import NOW

from kundorder.adapters.bankid.markup import Element, NotSigned, canonical, parsed
from kundorder.adapters.bankid.record import recorded
from kundorder.adapters.bankid.record import signed_by as number_of
from kundorder.adapters.bankid.signature import read
from kundorder.codec import document_bytes
from kundorder.testing.contracts.signing import DOCUMENT

SHOWN: Final = b64encode(DOCUMENT.text_sv.encode()).decode()
BESIDE: Final = b64encode(document_bytes(DOCUMENT)).decode()
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("roots") / "roots.pem"
    file.write_bytes(people_root().pem())
    return file


def good(number: str = ANNA, *, is_rsa: bool = True) -> str:
    return signed_by(person(number) if is_rsa else person(number, is_rsa=False), SHOWN, BESIDE)


def number(xml: str, roots: Path | None = None, *, told: bytes | None = None, at: datetime = NOW) -> str:
    """Who has signed, by this XML."""
    response = ocsp_of(person(ANNA)) if told is None else told
    record = recorded(b64encode(xml.encode("utf-8", "surrogatepass")).decode(), b64encode(response).decode())
    return number_of(record, DOCUMENT, roots=roots, at=at)


def refused(xml: str, roots: Path | None = None, *, told: bytes | None = None, at: datetime = NOW) -> str:
    with pytest.raises(NotSigned) as caught:
        number(xml, roots, told=told, at=at)
    said = str(caught.value)
    assert ANNA not in said
    assert said.isprintable()
    return said


def test_a_signature_names_who_has_made_it(roots: Path) -> None:
    assert number(good(), roots) == ANNA
    assert number(good(is_rsa=False), roots, told=ocsp_of(person(ANNA, is_rsa=False))) == ANNA
    assert number(good(BO), roots, told=ocsp_of(person(BO))) == BO


def test_either_language_may_have_been_shown_and_no_other_text() -> None:
    english = b64encode(DOCUMENT.text_en.encode()).decode()
    assert number(signed_by(person(ANNA), english, BESIDE)) == ANNA
    for text in (DOCUMENT.text_sv[:-1], DOCUMENT.text_sv.lower(), f"{DOCUMENT.text_sv}\n", "", "Något annat"):
        shown = b64encode(text.encode()).decode()
        assert refused(signed_by(person(ANNA), shown, BESIDE)) == "the person was shown another text"


def test_every_other_document_is_another() -> None:
    for other in (
        attrs.evolve(DOCUMENT, step=1),
        attrs.evolve(DOCUMENT, signer="s2"),
        attrs.evolve(DOCUMENT, act="decline"),
    ):
        beside = b64encode(document_bytes(other)).decode()
        assert refused(signed_by(person(ANNA), SHOWN, beside)) == "another document was signed"
    assert refused(signed_by(person(ANNA), SHOWN, "")) == "another document was signed"


def test_it_may_be_written_with_short_tags_and_line_breaks_that_do_not_count() -> None:
    """As long as the canonical form is what was signed."""
    xml = good()
    for long in ("CanonicalizationMethod", "SignatureMethod", "DigestMethod", "Transform"):
        xml = xml.replace(f"></{long}>", "/>")
    assert "<Transform Algorithm" in xml
    assert "></Transform>" not in xml
    assert number(xml) == ANNA
    assert (
        number(
            xml.replace(
                '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#" Id="bidKeyInfo">', "<KeyInfo Id='bidKeyInfo' >"
            )
        )
        == ANNA
    )
    assert number(xml.replace("<SignatureValue>", "<SignatureValue>\r\n").replace("<Object>", "\n<Object>\n")) == ANNA
    assert number(xml.replace('charset="UTF-8" visible="wysiwys"', "visible='wysiwys'\n  charset='UTF-&#56;'")) == ANNA
    assert number(xml.replace('<?xml version="1.0" encoding="UTF-8" standalone="no"?>', "")) == ANNA


# Changed afterwards


def change_everywhere(xml: str) -> list[str]:
    """A letter changed, here and there in what is signed and what it is signed with."""
    return [
        xml[:place] + ("A" if xml[place] != "A" else "B") + xml[place + 1 :]
        for place in range(xml.index("<SignedInfo"), len(xml), 7)
        if xml[place] not in "<>/ \"='#"
    ]


def test_whatever_is_changed_in_it_it_holds_no_more() -> None:
    assert number(good()) == ANNA
    changed = change_everywhere(good())
    assert len(changed) > 500
    held = [xml for xml in changed if not refused(xml)]
    assert held == []


@given(place=st.integers(0, 10_000), cut=st.integers(0, 40), put=st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_whatever_is_cut_or_put_in_nothing_else_comes_of_it(place: int, cut: int, put: str) -> None:
    xml = good()
    place %= len(xml)
    with suppress(NotSigned):
        assert number(xml[:place] + put + xml[place + cut :]) == ANNA


def resigned(change: Callable[[str], str], *, data: str | None = None, keys: str | None = None) -> str:
    """What is signed is changed, and Anna has signed that."""
    data = signed_data(SHOWN, BESIDE) if data is None else data
    keys = key_info(person(ANNA).paper, *person(ANNA).issuers) if keys is None else keys
    return signature_xml(change(signed_info(data, keys)), keys, data, person(ANNA).paper.key)


def same(text: str) -> str:
    return text


OTHERWISE_SIGNED: Final[dict[str, tuple[str, str]]] = {
    "an older hash": (
        resigned(lambda info: info.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1")),
        "has been changed",
    ),
    "an older algorithm": (
        resigned(lambda info: info.replace("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1")),
        "in a way that is not taken",
    ),
    "an algorithm of another kind of key": (
        resigned(lambda info: info.replace("rsa-sha256", "ecdsa-sha256")),
        "in a way that is not taken",
    ),
    "a shared secret": (
        resigned(lambda info: info.replace("rsa-sha256", "hmac-sha256")),
        "in a way that is not taken",
    ),
    "another canonical form": (
        resigned(lambda info: info.replace(C14N, "http://www.w3.org/2001/10/xml-exc-c14n#")),
        "or another kind",
    ),
    "another canonical form of the whole": (
        resigned(lambda info: info.replace(C14N, "http://www.w3.org/2006/12/xml-c14n11", 1)),
        "no CanonicalizationMethod where one should be, or another kind",
    ),
    "an algorithm that is not named in full": (
        resigned(lambda info: info.replace("http://www.w3.org/2001/04/xmldsig-more#", "")),
        "in a way that is not taken",
    ),
    "a text of another namespace": (
        resigned(same, data=signed_data(SHOWN, BESIDE).replace("<usrVisibleData", '<usrVisibleData xmlns="urn:x"')),
        "something is missing",
    ),
    "elements too deep in one another": (
        resigned(same, data=signed_data(SHOWN, f"{BESIDE}{'<x>' * 17}{'</x>' * 17}")),
        "too deep in one another",
    ),
    "a transform that leaves something out": (
        resigned(
            lambda info: info.replace(
                f'<Transform Algorithm="{C14N}"></Transform></Transforms><DigestMethod',
                '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"></Transform></Transforms><DigestMethod',
            )
        ),
        "or another kind",
    ),
    "two transforms": (
        resigned(lambda info: info.replace("</Transform>", f'</Transform><Transform Algorithm="{C14N}"></Transform>')),
        "holds something else",
    ),
    "nothing but the key": (
        resigned(lambda info: info[: info.index("<Reference")] + info[info.index('<Reference URI="#bidKeyInfo"') :]),
        "something else than what was asked for",
    ),
    "nothing": (
        resigned(lambda info: info[: info.index("<Reference")] + "</SignedInfo>"),
        "something else than what was asked for",
    ),
    "something elsewhere": (
        resigned(lambda info: info.replace("#bidSignedData", "https://lure.example/data.xml")),
        "something else than what was asked for",
    ),
    "everything": (resigned(lambda info: info.replace("#bidSignedData", "")), "something else than what was asked for"),
    "an identification": (
        resigned(same, data=signed_data(SHOWN, BESIDE, function="Identification")),
        "identified, and not signed",
    ),
    "two texts": (
        resigned(same, data=signed_data(f"QUFB</usrVisibleData><usrVisibleData>{SHOWN}", BESIDE)),
        "there twice",
    ),
    "no text": (
        resigned(same, data=signed_data(SHOWN, BESIDE).replace("usrVisibleData", "usrData")),
        "something is missing",
    ),
    "elements in the text": (
        resigned(same, data=signed_data(f"{SHOWN}<b></b>", BESIDE)),
        "there are elements in usrVisibleData",
    ),
    "text between the elements": (
        resigned(same, data=signed_data(SHOWN, BESIDE).replace("<srvInfo>", "x<srvInfo>")),
        "there is text in bankIdSignedData",
    ),
    "no base64": (resigned(same, data=signed_data(f"{SHOWN}*", BESIDE)), "usrVisibleData is no base64"),
    "another namespace": (
        resigned(same, data=signed_data(SHOWN, BESIDE).replace("v1.0.0", "v2.0.0")),
        "holds something else",
    ),
    "another name": (
        resigned(same, data=signed_data(SHOWN, BESIDE).replace('"bidSignedData"', '"signed"')),
        "is not named as it should be",
    ),
    "no certificates": (resigned(same, keys=key_info()), "it has no certificates"),
    "too many certificates": (resigned(same, keys=key_info(*[person(ANNA).paper] * 7)), "or too many"),
    "a certificate that is none": (
        resigned(same, keys=key_info(person(ANNA).paper).replace("<X509Certificate>MII", "<X509Certificate>AAA")),
        "certificates cannot be read",
    ),
}


@pytest.mark.parametrize("what", OTHERWISE_SIGNED)
def test_what_is_signed_in_another_way_is_not_taken(what: str) -> None:
    xml, why = OTHERWISE_SIGNED[what]
    assert why in refused(xml)


WRAPPED: Final[dict[str, Callable[[str, str], str]]] = {
    "in front of it": lambda xml, other: xml.replace("<Object>", f"<Object>{other}</Object><Object>"),
    "behind it": lambda xml, other: xml.replace("</Object>", f"</Object><Object>{other}</Object>"),
    "beside it": lambda xml, other: xml.replace("<Object>", f"<Object>{other}"),
    "round it": lambda xml, other: xml.replace("<Object>", f"<Object>{other[: other.rindex('</')]}").replace(
        "</Object>", f"{other[other.rindex('</') :]}</Object>"
    ),
    "in its place, and it elsewhere": lambda xml, other: xml.replace(
        xml[xml.index("<Object>") :], f"<Object>{other}</Object>{xml[xml.index('<Object>') :]}"
    ),
    "in the key information": lambda xml, other: xml.replace("</X509Data>", f"</X509Data>{other}"),
    "in a signature round the signature": lambda xml, other: xml.replace(
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">',
        f'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object>{other}</Object><Signature>',
    ).replace("</Signature>", "</Signature></Signature>"),
}


@pytest.mark.parametrize("where", WRAPPED)
def test_nothing_can_be_put_beside_what_was_signed(where: str) -> None:
    """Signature wrapping: Anna has signed something harmless, and what is to be read is not that."""
    harmless = signed_by(person(ANNA), b64encode(b"Hej").decode(), "QUFB")
    wrapped = WRAPPED[where](harmless, signed_data(SHOWN, BESIDE))
    assert wrapped != harmless
    refused(wrapped)


ATTACKS: Final[dict[str, Callable[[str], str]]] = {
    "a document type": lambda xml: xml.replace("?>", "?><!DOCTYPE Signature>"),
    "entities": lambda xml: xml.replace("?>", '?><!DOCTYPE Signature [<!ENTITY a "x">]>').replace(SHOWN, "&a;"),
    "many laughs": lambda xml: xml.replace(
        "?>", '?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    ).replace(SHOWN, "&b;"),
    "a file": lambda xml: xml.replace("?>", '?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>').replace(
        SHOWN, "&a;"
    ),
    "a document type elsewhere": lambda xml: xml.replace(
        "?>", '?><!DOCTYPE Signature SYSTEM "http://127.0.0.1:9/x.dtd">'
    ),
    "an entity that is not there": lambda xml: xml.replace(SHOWN, "&shown;"),
    "a comment": lambda xml: xml.replace("<Object>", "<!-- x --><Object>"),
    "a comment in the text": lambda xml: xml.replace(SHOWN, f"{SHOWN[:8]}<!---->{SHOWN[8:]}"),
    "an instruction": lambda xml: xml.replace("<Object>", "<?php echo 1 ?><Object>"),
    "a prefix": lambda xml: xml.replace("<Object>", "<a:Object>").replace("</Object>", "</a:Object>"),
    "a prefix that is declared": lambda xml: xml.replace("<Signature ", '<Signature xmlns:a="urn:x" '),
    "a language": lambda xml: xml.replace("<Object>", '<Object xml:lang="sv">'),
    "an attribute twice": lambda xml: xml.replace('Id="bidSignedData"', 'Id="bidSignedData" Id="x"'),
    "two roots": lambda xml: f"{xml}<x/>",
    "no end": lambda xml: xml[:-3],
    "nothing": lambda _: "",
    "nothing but a declaration": lambda _: '<?xml version="1.0"?>',
    "another root": lambda _: "<x/>",
    "the same in another root": lambda xml: xml.replace("<Signature ", "<Sign ").replace("</Signature>", "</Sign>"),
    "another namespace of the root": lambda _: "<Signature/>",
    "an empty signature": lambda _: '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
    "NUL": lambda xml: xml.replace("<Object>", "\0<Object>"),
    "half a character": lambda xml: xml.replace("<Object>", "\ud800<Object>"),
    "depth": lambda _: "<x>" * 5000 + "</x>" * 5000,
    "depth without end": lambda _: "<x>" * 100_000,
}


@pytest.mark.parametrize("what", ATTACKS)
def test_what_could_be_read_in_two_ways_is_not_read(what: str) -> None:
    assert number(good()) == ANNA
    attacked = ATTACKS[what](good())
    assert attacked != good()
    refused(attacked)


def test_a_value_is_taken_in_one_spelling_only() -> None:
    """The last letter of base64 may have bits that say nothing."""
    xml = good()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    end = xml.index("==</SignatureValue>")
    alike = xml[: end - 1] + letters[letters.index(xml[end - 1]) + 1] + xml[end:]
    assert number(xml) == ANNA
    assert refused(alike) == "SignatureValue is no base64"


def test_nothing_at_all_is_not_read() -> None:
    with pytest.raises(NotSigned):
        parsed(b"")


def test_another_encoding_is_not_read() -> None:
    xml = good().replace("UTF-8", "UTF-16", 1).encode("utf-16")
    with pytest.raises(NotSigned):
        read(xml)


@pytest.mark.parametrize(
    "record", [b"", b"{}", b"[]", b'{"signature":"QQ=="}', b"\xff", b'{"signature":1}', b"[" * 100_000]
)
def test_a_record_that_is_none_shows_nothing(record: bytes) -> None:
    with pytest.raises(NotSigned):
        number_of(record, DOCUMENT, roots=None, at=NOW)


def test_a_record_is_taken_as_it_was_handed_out() -> None:
    assert json.loads(recorded("a", "b")) == {"signature": "a", "ocspResponse": "b"}


# By whom


def by(
    who: Person, *, key: Paper | None = None, certificates: tuple[Paper, ...] | None = None, told: bytes | None = None
) -> tuple[str, bytes]:
    """A signature by this key, with these certificates."""
    data = signed_data(SHOWN, BESIDE)
    keys = key_info(*((who.paper, *who.issuers) if certificates is None else certificates))
    kind = "ecdsa" if isinstance((key or who.paper).key, ec.EllipticCurvePrivateKey) else "rsa"
    info = signed_info(data, keys).replace("#rsa-", f"#{kind}-")
    return signature_xml(info, keys, data, (key or who.paper).key), ocsp_of(who) if told is None else told


def test_a_signature_by_another_key_than_the_certificates_is_nobodys(roots: Path) -> None:
    xml, told = by(person(ANNA), key=person(BO).paper)
    assert "has not made it" in refused(xml, roots, told=told)


def test_a_certificate_of_ones_own_is_nobodys_where_the_authority_is_known(roots: Path) -> None:
    paper = issued("Anna Prov", number=ANNA, is_rsa=True)
    liar = Person(ANNA, paper, (paper,))
    xml, told = by(liar, certificates=(paper,))
    assert number(xml, told=told) == ANNA  # and that is why hosts say who the authority is
    assert "come from somebody else" in refused(xml, roots, told=told)


def test_certificates_that_do_not_follow_one_another_are_nobodys(roots: Path) -> None:
    who, other = person(ANNA), person(BO)
    orders = [
        (who.paper, *other.issuers),
        (who.paper, who.issuers[1], who.issuers[0]),
        (who.paper, who.issuers[1]),
        (who.paper, who.issuers[0]),  # the last one is not by the root
    ]
    for certificates in orders:
        xml, told = by(who, certificates=certificates)
        assert refused(xml, roots, told=told)
    whole = (who.paper, *who.issuers, people_root())
    xml, told = by(who, certificates=whole)
    assert number(xml, roots, told=told) == ANNA


def test_the_bank_itself_may_be_whom_the_host_trusts(tmp_path: Path) -> None:
    customers, bank = person(ANNA).issuers
    for trusted in (bank, customers):
        (tmp_path / "roots.pem").write_bytes(trusted.pem())
        xml, told = by(person(ANNA), certificates=(person(ANNA).paper, customers, bank)[: 3 if trusted is bank else 2])
        assert number(xml, tmp_path / "roots.pem", told=told) == ANNA


def test_a_person_cannot_issue_certificates(roots: Path) -> None:
    who = person(BO)
    child = Person(ANNA, issued("Anna Prov", who.paper, number=ANNA, is_rsa=True), (who.paper, *who.issuers))
    xml, told = by(child)
    assert "by somebody who may not issue any" in refused(xml, roots, told=told)


def test_a_certificate_that_was_not_valid_then_is_nobodys(roots: Path) -> None:
    until = NOW - timedelta(days=1)
    who = person(ANNA, until=until.replace(microsecond=0))
    xml, told = by(who)
    assert "was not valid then" in refused(xml, roots, told=told)
    assert number(xml, roots, told=told, at=NOW - timedelta(days=2)) == ANNA
    assert "was not valid then" in refused(good(), roots, at=NOW.replace(year=2019))
    assert "was not valid then" in refused(good(), roots, at=NOW.replace(year=2041))


@pytest.mark.parametrize("said", [None, "", "19991332-9876", f"{ANNA}1", "PNOSE-199913329876"])
def test_a_certificate_that_does_not_say_whose_it_is_is_nobodys(said: str | None) -> None:
    issuers = person(ANNA).issuers
    who = Person(ANNA, issued("Anna Prov", issuers[0], number=said or None, is_rsa=True), issuers)
    xml, told = by(who)
    assert "does not say whose it is" in refused(xml, told=told)


def test_a_key_that_can_be_guessed_is_nobodys() -> None:
    issuers = person(ANNA).issuers
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is the point
    paper = issued("Anna Prov", issuers[0], number=ANNA, key=weak)
    xml, told = by(Person(ANNA, paper, issuers))
    assert "in a way that is not taken" in refused(xml, told=told)


def test_what_ocsp_says_is_of_this_very_certificate_and_good() -> None:
    who = person(ANNA)
    unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    told = {
        "does not say that the certificate is good": [
            ocsp_of(who, status=ocsp.OCSPCertStatus.REVOKED),
            ocsp_of(who, status=ocsp.OCSPCertStatus.UNKNOWN),
            ocsp_of(person(BO)),
        ],
        "says nothing": [unsuccessful.public_bytes(serialization.Encoding.DER)],
        "certificates cannot be read": [b"", b"\x30", bytes(100), ocsp_of(who)[:-9]],
    }
    for why, responses in told.items():
        for response in responses:
            assert why in refused(good(), told=response)


def test_a_signature_of_two_numbers_of_a_curve_is_taken_in_one_length_only() -> None:
    who = person(ANNA, is_rsa=False)
    told = ocsp_of(who)
    xml = good(is_rsa=False)
    assert number(xml, told=told) == ANNA
    before, rest = xml.split("<SignatureValue>")
    _, after = rest.split("</SignatureValue>")
    for value in (b"", b"\0", bytes(64), bytes(63), b"\xff" * 64, b"\xff" * 4000):
        forged = f"{before}<SignatureValue>{b64encode(value).decode()}</SignatureValue>{after}"
        refused(forged, told=told)


# The canonical form


def by_lxml(xml: bytes) -> bytes:
    """The root, in Canonical XML 1.0, as another library writes it; Python's own does it wrong (it repeats xmlns)."""
    library = importlib.import_module("lxml.etree")
    parser = library.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    written: object = library.tostring(library.fromstring(xml, parser), method="c14n")
    assert isinstance(written, bytes)
    return written


NAMES: Final = ("a", "b", "Id", "Åsa", "c-d", "e.f", "Z")
SPACES: Final = ("", "urn:x", "urn:y", "http://x.example/y#z")
TEXTS: Final = ("", "x", "å😀", "&<>\"'", "\t\n", " ", "\u00a0", "]]", "\u2028", "\r", "\ud7ff")


def made_up(chance: Random, depth: int = 0) -> str:
    """Some element, written in one of the many ways in which it can be."""
    name = chance.choice(NAMES)
    quote = chance.choice("\"'")
    space = chance.choice(["", "", *(f" xmlns={quote}{attribute(each, quote)}{quote}" for each in SPACES)])
    attributes = "".join(
        f"{chance.choice([' ', '  ', chr(10)])}{each}={quote}{attribute(chance.choice(TEXTS), quote)}{quote}"
        for each in chance.sample(NAMES, chance.randrange(4))
    )
    inner = "".join(
        made_up(chance, depth + 1) if depth < 4 and chance.random() < 0.5 else text(chance)
        for _ in range(chance.randrange(4))
    )
    if not inner and chance.random() < 0.5:
        return f"<{name}{space}{attributes}/>"
    return f"<{name}{space}{attributes}>{inner}</{name}>"


def attribute(value: str, quote: str) -> str:
    for mark in f"&<{quote}\t\n\r":
        value = value.replace(mark, f"&#{ord(mark)};")
    return value


def text(chance: Random) -> str:
    plain = chance.choice(TEXTS)
    if chance.random() < 0.2 and "]]" not in plain and "\r" not in plain:
        return f"<![CDATA[{plain}]]>"
    return "".join(f"&#{ord(each)};" if each in "&<>\r" or chance.random() < 0.1 else each for each in plain)


def test_the_canonical_form_is_the_one_that_another_library_writes(chance: Random) -> None:
    compared = 0
    for _ in range(1500):
        xml = made_up(chance).encode()
        ours = canonical(parsed(xml))
        assert ours == by_lxml(xml), xml
        assert canonical(parsed(ours)) == ours
        compared += 1
    assert compared == 1500


def test_the_canonical_form_of_a_part_carries_the_namespace_it_stands_in() -> None:
    root = parsed(b'<a xmlns="urn:x"><b c="1"><d xmlns=""/></b></a>')
    (part,) = root.elements
    assert canonical(part) == b'<b xmlns="urn:x" c="1"><d xmlns=""></d></b>'
    assert isinstance(part, Element)


def test_the_canonical_form_of_a_signature_is_the_one_that_another_library_writes() -> None:
    xml = good()
    assert canonical(parsed(xml.encode())) == by_lxml(xml.encode())
    for part in (signed_data(SHOWN, BESIDE), key_info(person(ANNA).paper)):
        assert canonical(parsed(part.encode())) == part.encode()
