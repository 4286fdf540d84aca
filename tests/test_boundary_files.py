"""Files in JSON that are no commands: as strict as commands, by the class that is their form."""

import json

import pytest

import kundorder as ko
from kundorder.boundary import MAXIMUM_BYTES, MAXIMUM_FILE, read_json

CONTACT = '{"name": "Anna Prov", "email": "anna@region.example"}'
TERMS = {"version": "1", "text_sv": "Villkor", "text_en": "Terms"}
OFFER = {
    "id": "npo-producent",
    "service": "npo",
    "name_sv": "NPÖ producent",
    "name_en": "NPÖ producer",
    "modes": ["direct"],
    "terms": TERMS,
    "start_up_fee": "1200 SEK",
}
CATALOGUE = {
    "customer_agreement": TERMS,
    "agent_agreement": TERMS,
    "services": [{"id": "npo", "name_sv": "NPÖ", "name_en": "NPÖ"}],
    "offers": [OFFER],
}


def objections(cls: type[ko.Contact | ko.Catalogue], text: bytes | str) -> list[tuple[str, str]]:
    """Where, and what is allowed there."""
    with pytest.raises(ko.Malformed) as caught:
        read_json(cls, text)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def test_an_object_is_read_with_its_defaults() -> None:
    contact = ko.Contact(name="Anna Prov", email="anna@region.example", language=ko.Language.SV)
    assert read_json(ko.Contact, CONTACT) == contact
    assert read_json(ko.Contact, CONTACT.encode()) == contact


def test_values_become_canonical_as_in_commands() -> None:
    text = CONTACT.replace("anna@", "Anna@").replace("Anna Prov", " Anna Prov ")
    assert read_json(ko.Contact, text) == read_json(ko.Contact, CONTACT)


def test_a_catalogue_is_read_whole() -> None:
    catalogue = read_json(ko.Catalogue, json.dumps(CATALOGUE))
    offer = catalogue.offer("npo-producent")
    assert offer is not None
    assert str(offer.start_up_fee) == "1200.00 SEK"
    assert offer.categories == tuple(ko.CustomerCategory)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("[]", "$", "must be an object"),
        ("{", "$", "must be JSON"),
        ('{"name": "Anna Prov"}', "$.email", "is required"),
        (CONTACT.replace("}", ', "email": "b@region.example"}'), "$.email", "must stand once"),
        (CONTACT.replace("}", ', "age": 3}'), "$.age", "is not a field here"),
        (CONTACT.replace('"Anna Prov"', "1"), "$.name", "must be a text"),
        (CONTACT.replace("}", ', "language": "fi"}'), "$.language", "must be one of sv, en"),
    ],
)
def test_what_is_no_such_object_is_refused(text: str, path: str, message: str) -> None:
    (found,) = objections(ko.Contact, text)
    assert (found[0], message in found[1]) == (path, True)


@pytest.mark.parametrize("fee", [1200, 12.5, None, "1200", "1200,50 SEK", ["1200 SEK"], {"amount": "1"}])
def test_an_amount_is_a_text_with_its_currency(fee: object) -> None:
    text = json.dumps(CATALOGUE | {"offers": [OFFER | {"start_up_fee": fee}]})
    if fee is None:
        assert read_json(ko.Catalogue, text).offers[0].start_up_fee is None
    else:
        assert [path for path, _ in objections(ko.Catalogue, text)] == ["$.offers[0].start_up_fee"]


def test_what_the_class_itself_objects_to_has_its_place() -> None:
    text = json.dumps(CATALOGUE | {"services": []})
    assert objections(ko.Catalogue, text) == [
        ("$.offers[0].service", "must be one of the services of this catalogue"),
    ]


def test_what_the_class_keeps_for_itself_is_no_field() -> None:
    ((path, message),) = objections(ko.Catalogue, json.dumps(CATALOGUE | {"_offers": {}}))
    assert path == "$._offers"
    assert message == "is not a field here; there are: customer_agreement, agent_agreement, services, offers"


def test_a_file_may_be_longer_than_a_command_but_not_endless() -> None:
    longer = CONTACT + " " * MAXIMUM_BYTES
    assert read_json(ko.Contact, longer) == read_json(ko.Contact, CONTACT)
    assert objections(ko.Contact, CONTACT + " " * MAXIMUM_FILE) == [("$", f"must have at most {MAXIMUM_FILE} bytes")]
