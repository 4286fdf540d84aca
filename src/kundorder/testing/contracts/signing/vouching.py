"""What a way of signing promises of what has been signed: it proves that, and nothing else."""

from datetime import UTC, datetime, timedelta, timezone

import attrs
import msgspec

from kundorder.codec import document_digest
from kundorder.evidence import ASSURANCE, Document, Evidence, at_least
from kundorder.ports import Done, Failed, Pending, Signing
from kundorder.testing.contracts.promising import promise, promise_for
from kundorder.testing.contracts.signing.asking import SigningExam
from kundorder.testing.contracts.signing.bench import Bench
from kundorder.testing.contracts.signing.driving import drive, start
from kundorder.testing.contracts.signing.forging import changed, other_documents, other_evidence
from kundorder.testing.contracts.signing.rubbish import RUBBISH
from kundorder.vocabulary import Language


class VouchContract(SigningExam):
    """The part about evidence."""

    @promise(Bench.request)
    def test_the_bench_asks_for_a_method_that_is_served(self) -> None:
        assert self.bench.request(self.document).method is self.bench.methods[0]
        assert self.bench.request(self.document).document == self.document

    @promise(Signing.start)
    def test_starting_binds_nothing_and_is_done_pending_or_failed(self) -> None:
        request = self.bench.request(self.document)
        for _ in range(2):
            progress = start(self.bench, request)
            assert isinstance(progress, Done | Pending | Failed)

    @promise(Signing.resume)
    def test_who_has_signed_has_signed_this_document_by_this_method_now(self) -> None:
        request, began = self.bench.request(self.document), self.bench.now.replace(microsecond=0)
        evidence = self.signed()
        assert evidence.method is request.method
        assert evidence.signer == self.document.signer
        assert evidence.digest == document_digest(self.document)
        assert began <= evidence.signed_at <= self.bench.now
        assert evidence.proof
        assert at_least(ASSURANCE[evidence.method], evidence.level), "it claims more than the method is worth"

    @promise_for(Signing.start, tuple(Language))
    def test_one_can_sign_in_every_language(self, language: Language) -> None:
        progress = drive(self.bench, attrs.evolve(self.bench.request(self.document), language=language))
        assert isinstance(progress, Done)
        assert self.bench.signing.verify(progress.evidence, self.document)

    @promise(Signing.verify)
    def test_evidence_proves_its_document_when_it_was_kept_and_after_a_restart(self) -> None:
        evidence = self.signed()
        assert self.bench.signing.verify(evidence, self.document)
        self.bench.now += timedelta(days=800)
        kept = msgspec.json.decode(msgspec.json.encode(evidence), type=Evidence)
        assert self.bench.signing.verify(kept, self.document)

    @promise(Signing.verify)
    def test_evidence_proves_no_other_document(self) -> None:
        evidence, signing = self.signed(), self.bench.signing
        others = list(other_documents(self.document))
        assert {field for field, _ in others} == {field.name for field in attrs.fields(Document)}
        assert [field for field, other in others if signing.verify(evidence, other)] == []

    @promise(Signing.verify)
    def test_evidence_made_out_to_another_document_does_not_prove_that_one(self) -> None:
        evidence, signing = self.signed(), self.bench.signing
        believed = [
            field
            for field, other in other_documents(self.document)
            if signing.verify(attrs.evolve(evidence, digest=document_digest(other), signer=other.signer), other)
        ]
        assert believed == []

    @promise(Signing.verify)
    def test_evidence_that_was_changed_proves_nothing(self) -> None:
        evidence, signing = self.signed(), self.bench.signing
        others = list(other_evidence(evidence))
        assert {field for field, _ in others} == {field.name for field in attrs.fields(Evidence)}
        assert [field for field, other in others if signing.verify(other, self.document)] == []

    @promise(Signing.verify)
    def test_the_proof_of_one_document_is_none_of_another(self) -> None:
        one, other = self.signed(), self.signed(self.other_document())
        assert self.bench.signing.verify(other, self.other_document())
        assert not self.bench.signing.verify(attrs.evolve(one, proof=other.proof), self.document)
        assert not self.bench.signing.verify(attrs.evolve(other, proof=one.proof), self.other_document())
        assert not self.bench.signing.verify(other, self.document)

    @promise(Signing.resume)
    def test_the_same_person_is_known_as_the_same_again(self) -> None:
        one, other = self.signed(), self.signed(self.other_document())
        assert one.identity == other.identity

    @promise(Signing.verify)
    def test_rubbish_is_refused_and_raises_nothing(self) -> None:
        evidence, signing = self.signed(), self.bench.signing
        for rubbish in RUBBISH:
            for field in ("signer", "digest", "proof", "signed_by", "identity", "follows"):
                if getattr(evidence, field) != rubbish:
                    assert not signing.verify(changed(evidence, field, rubbish), self.document)
        for moment in (evidence.signed_at, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
            for zone in (None, UTC, timezone(timedelta(hours=23))):
                forged = changed(evidence, "signed_at", moment.replace(tzinfo=zone))
                assert forged.signed_at == evidence.signed_at or not signing.verify(forged, self.document)
