"""Signing agreements as PDF: what is signed can be verified, by exactly this key, for exactly this document."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import attrs
import pytest
from pades_desk import AUTHORITY, NOW, PEOPLE, Kept, agreement, asked, email_of, jointly, reported, signed, signer_with
from pades_issuer import ROOT, issued

from kundorder.adapters.archive import FolderArchive, MemoryArchive
from kundorder.adapters.pades import PadesSigner, TestAuthority, agreement_pdf, archived_in
from kundorder.errors import Corrupt, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence, at_least, follows_of
from kundorder.ports import Failed, Pending, Signing
from kundorder.testing.contracts.signing import CONTACT, IP, SigningContract
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode


@attrs.define
class PadesBench:
    """A signer with the test authority; what can be out of reach is the archive."""

    now: datetime = NOW
    methods: tuple[AttestMethod, ...] = (AttestMethod.CERTIFICATE,)
    can_be_down: bool = True
    archive: Kept = attrs.field(factory=Kept)

    @property
    def signing(self) -> Signing:
        return PadesSigner(AUTHORITY.keys, self.archive, trust=[AUTHORITY.root_pem])

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=self.methods[0], to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        del pending
        return None

    def person_gives_up(self, pending: Pending) -> bool:
        del pending
        return False

    @contextmanager
    def down(self) -> Generator[None]:
        with self.archive.down():
            yield


class TestPadesSigning(SigningContract):
    def make_bench(self) -> PadesBench:
        return PadesBench()


def evidence_of(name: str = PEOPLE[0]) -> tuple[PadesSigner, Evidence, Kept]:
    kept = Kept()
    signing = signer_with(kept)
    return signing, signed(signing, asked(agreement(), name)), kept


def test_evidence_says_who_and_when_by_which_certificate() -> None:
    _, evidence, kept = evidence_of()
    key = AUTHORITY.key_of(PEOPLE[0], email_of(PEOPLE[0]))
    assert evidence.signed_by == f"x509:{sha256(key.certificate.der).hexdigest()}"
    assert evidence.identity == key.certificate.identity
    assert evidence.signed_at == NOW
    assert evidence.level is AssuranceLevel.LOW
    assert evidence.follows == ""
    assert evidence.proof == f'{{"archived":"{sha256(kept.contents[-1]).hexdigest()}"}}'
    assert archived_in(evidence) == sha256(kept.contents[-1]).hexdigest()
    assert archived_in(attrs.evolve(evidence, method=AttestMethod.BANKID)) is None
    assert archived_in(attrs.evolve(evidence, proof=f"{evidence.proof} ")) is None


def test_somebody_else_has_another_identity() -> None:
    assert evidence_of()[1].identity != evidence_of(name=PEOPLE[1])[1].identity


def test_a_person_with_a_new_certificate_for_the_same_key_is_the_same_person() -> None:
    first = issued("Åsa", ROOT)
    second = issued("Åsa", ROOT, private=first.private)
    married = issued("Åsa Ek", ROOT, private=first.private)
    one, renewed, renamed = (each.key().certificate for each in (first, second, married))
    assert one.fingerprint != renewed.fingerprint
    assert one.identity == renewed.identity != renamed.identity


def test_what_is_kept_begins_with_the_agreement_as_everybody_sees_it() -> None:
    _, _, kept = evidence_of()
    assert kept.contents[-1].startswith(agreement_pdf(agreement()))


@pytest.mark.parametrize("method", [method for method in AttestMethod if method is not AttestMethod.CERTIFICATE])
def test_another_method_is_not_served(method: AttestMethod) -> None:
    signing, evidence, _ = evidence_of()
    progress = signing.start(attrs.evolve(asked(agreement()), method=method), now=NOW)
    assert isinstance(progress, Failed)
    assert not signing.verify(attrs.evolve(evidence, method=method), agreement())


def test_who_has_no_key_cannot_sign() -> None:
    signing = PadesSigner(lambda _: None, MemoryArchive(), trust=[AUTHORITY.root_pem])
    progress = signing.start(asked(agreement()), now=NOW)
    assert isinstance(progress, Failed)
    assert progress.code is FailureCode.PERSON_UNKNOWN


@pytest.mark.parametrize("level", AssuranceLevel)
def test_a_host_says_how_sure_it_is_and_no_evidence_claims_more(level: AssuranceLevel) -> None:
    archive = MemoryArchive()
    trust = [AUTHORITY.root_pem]
    evidence = signed(PadesSigner(AUTHORITY.keys, archive, trust=trust, level=level), asked(agreement()))
    assert evidence.level is level
    for other in AssuranceLevel:
        signing = PadesSigner(AUTHORITY.keys, archive, trust=trust, level=other)
        assert signing.verify(evidence, agreement()) is at_least(other, level)


def test_what_was_signed_is_verified_by_another_process_with_the_same_archive_and_trust(tmp_path: Path) -> None:
    evidence = signed(signer_with(FolderArchive(tmp_path)), asked(agreement()))
    nobody = PadesSigner(lambda _: None, FolderArchive(tmp_path), trust=[AUTHORITY.root_pem])
    assert nobody.verify(evidence, agreement())
    assert not signer_with(MemoryArchive()).verify(evidence, agreement())


def test_the_archive_is_asked_and_if_it_does_not_answer_nothing_can_be_said() -> None:
    signing, evidence, kept = evidence_of()
    with kept.down():
        with pytest.raises(Unavailable):
            signing.verify(evidence, agreement())
        with pytest.raises(Unavailable):
            signing.start(asked(agreement()), now=NOW)
    assert signing.verify(evidence, agreement())


def test_a_running_loop_is_no_hindrance() -> None:
    async def within() -> bool:
        signing, evidence, _ = evidence_of()
        return signing.verify(evidence, agreement())

    assert asyncio.run(within())


def test_many_threads_sign_at_once() -> None:
    kept = Kept()
    signing = signer_with(kept)

    def sign(number: int) -> bool:
        document = agreement(terms=f"Avtal {number}.")
        return signing.verify(signed(signing, asked(document)), document)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sign, range(8))) == [True] * 8


# Several signatories


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_signatories_sign_in_any_order(count: int) -> None:
    names, kept = PEOPLE[:count], Kept()
    signing = signer_with(kept)
    orders: list[tuple[str, ...]] = []

    def go_on(given: dict[str, Evidence]) -> None:
        for number, name in enumerate(names, 1):
            if name not in given:
                document, before = agreement(*names, signer=f"s{number}"), tuple(given.values())
                evidence = signed(signing, asked(document, name, before), NOW + timedelta(minutes=len(given)))
                assert evidence.follows == follows_of(before)
                go_on(given | {name: evidence})
        if len(given) == count:
            orders.append(tuple(given))
            for name in list(given)[-1:] if count == len(PEOPLE) else given:  # the others have been seen with fewer
                assert signing.verify(given[name], agreement(*names, signer=f"s{names.index(name) + 1}"))
            report = reported(kept.fetch(archived_in(list(given.values())[-1]) or ""))
            assert report.holds
            assert [each.certificate.name for each in report.found.signatures] == [f"{name} (TEST)" for name in given]

    go_on({})
    assert sorted(orders) == sorted(permutations(names))


def test_each_signature_covers_all_before_it_and_nothing_is_overwritten() -> None:
    kept = Kept()
    given = jointly(*PEOPLE, archive=kept)
    for number, content in enumerate(kept.contents[1:]):
        assert content.startswith(kept.contents[number])
    for number, evidence in enumerate(given, 1):
        assert signer_with(kept).verify(evidence, agreement(*PEOPLE, signer=f"s{number}"))


def test_who_signs_without_the_signature_before_builds_on_none() -> None:
    kept = Kept()
    signing = signer_with(kept)
    first = signed(signing, asked(agreement(signer="s1"), PEOPLE[0]))
    beside = signed(signing, asked(agreement(signer="s2"), PEOPLE[1]))
    after = signed(signing, asked(agreement(signer="s2"), PEOPLE[1], [first]))
    assert (beside.follows, after.follows) == ("", follows_of((first,)))
    assert [len(reported(content).found.signatures) for content in kept.contents] == [1, 1, 2]
    forged = attrs.evolve(beside, follows=after.follows)
    assert not signing.verify(forged, agreement(signer="s2"))


def test_a_signature_by_another_method_before_is_built_on_though_it_is_not_in_the_pdf() -> None:
    kept = Kept()
    signing = signer_with(kept)
    first = signed(signing, asked(agreement(*PEOPLE[:3]), PEOPLE[0]))
    second = attrs.evolve(first, method=AttestMethod.BANKID, signer="s2", proof="of another kind")
    third = signed(signing, asked(agreement(*PEOPLE[:3], signer="s3"), PEOPLE[2], [first, second]))
    assert third.follows == follows_of((first, second))
    assert signing.verify(third, agreement(*PEOPLE[:3], signer="s3"))
    assert len(reported(kept.contents[-1]).found.signatures) == 2


def test_an_agreement_in_another_wording_begins_anew() -> None:
    kept = Kept()
    signing = signer_with(kept)
    first = signed(signing, asked(agreement(), PEOPLE[0]))
    other = agreement(signer="s2", terms="Den som signerar avböjer.")
    second = signed(signing, asked(other, PEOPLE[1], [first]))
    assert signing.verify(second, other)
    assert len(reported(kept.contents[-1]).found.signatures) == 1


def test_when_one_who_signed_is_not_trusted_any_more_the_next_begins_anew() -> None:
    kept, other = Kept(), TestAuthority.create(NOW)
    first = signed(signer_with(kept), asked(agreement(), PEOPLE[0]))
    second = signed(signer_with(kept, other), asked(agreement(signer="s2"), PEOPLE[1], [first]))
    assert signer_with(kept, other).verify(second, agreement(signer="s2"))
    assert len(reported(kept.contents[-1]).found.signatures) == 1


@pytest.mark.parametrize("lost", ["gone", "changed"])
def test_what_was_signed_before_and_is_lost_stops_the_next(tmp_path: Path, lost: str) -> None:
    signing = signer_with(FolderArchive(tmp_path))
    first = signed(signing, asked(agreement()))
    (file,) = tmp_path.iterdir()
    if lost == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes() + b"\n")
    assert not signing.verify(first, agreement())
    with pytest.raises(Corrupt, match="restore the archive"):
        signing.start(asked(agreement(signer="s2"), PEOPLE[1], [first]), now=NOW)


def test_ten_sign_on_a_page_and_whoever_finds_no_place_signs_all_the_same() -> None:
    names = [f"{chr(ord('A') + number)}nna Prov" for number in range(12)]
    document = agreement(*names[:11])
    kept, given = Kept(), list[Evidence]()
    for name in names:
        given.append(signed(signer_with(kept), asked(document, name, given)))
    assert signer_with(kept).verify(given[-1], document)
    assert len(reported(kept.contents[-1]).found.signatures) == 12
    assert [len(re.findall(rb"/Rect \[ 0 0 0 0 \]", kept.contents[number])) for number in (10, 11)] == [0, 1]


# What it needs, and when


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_it_is_light() -> None:
    loaded = python("import sys, kundorder.adapters.pades; print(*sys.modules)").split()
    heavy = {"pyhanko", "pyhanko_certvalidator", "asn1crypto", "cryptography", "reportlab", "asyncio"}
    assert heavy & {name.partition(".")[0] for name in loaded} == set()


@pytest.mark.parametrize("package", ["pyhanko", "reportlab", "cryptography"])
def test_without_its_packages_it_says_what_to_install(package: str) -> None:
    said = python(f"""
import sys
sys.modules["{package}"] = None
from datetime import UTC, datetime
from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.pades import PadesSigner, TestAuthority, agreement_pdf, report_on
from kundorder.errors import Unavailable
def sign():
    authority = TestAuthority.create(datetime(2026, 3, 2, tzinfo=UTC))
    agreement_pdf(None)
for what in (sign, lambda: report_on(b"", [])):
    try:
        what()
    except Unavailable as error:
        print(error)
    except AttributeError:
        pass
""")
    assert f"the package {package} is missing; install kundorder[sign]" in said
