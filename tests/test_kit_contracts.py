"""The kit's contracts for the smaller ports, put to all of our adapters."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from typing import ClassVar

from aiosmtpd.controller import Controller
from mail_servers import HOST, Act, At, Quirk, Relay
from receiving import of_letter, of_mail, of_maildir
from test_smtp_real import Letterbox, free_port

import kundorder as ko
from kundorder.adapters.archive import FolderArchive, MemoryArchive
from kundorder.adapters.jws import JwsSeal
from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.memory import MemoryMailer
from kundorder.adapters.smtp import SmtpMailer
from kundorder.adapters.text_files import FileTextMessages, MemoryTextMessages
from kundorder.portal.settings import SystemClock, SystemIds
from kundorder.sample import CATALOGUE
from kundorder.testing.contracts import examine
from kundorder.testing.contracts.archive import ArchiveContract
from kundorder.testing.contracts.authority import AuthorityContract
from kundorder.testing.contracts.catalogue import CatalogueContract
from kundorder.testing.contracts.clock import ClockContract
from kundorder.testing.contracts.ids import IdsContract
from kundorder.testing.contracts.mailer import Arrived, MailerContract
from kundorder.testing.contracts.seal import SealContract
from kundorder.testing.contracts.text_messages import TextMessagesContract
from kundorder.testing.surroundings import FrozenClock, NumberedIds, TickingClock


class TestMemoryMailer(MailerContract):
    def begin(self) -> None:
        self.mailer = MemoryMailer()

    def make_mailer(self) -> ko.Mailer:
        return self.mailer

    def arrived(self) -> tuple[Arrived, ...]:
        return tuple(map(of_letter, self.mailer.letters))


class TestMaildirMailer(MailerContract):
    def make_mailer(self) -> ko.Mailer:
        return MaildirMailer(self.place / "mail")

    def arrived(self) -> tuple[Arrived, ...]:
        return of_maildir(self.place / "mail")

    @contextmanager
    def down(self) -> Generator[None]:
        """There is something else in the place of the folder."""
        folder, aside = self.place / "mail", self.place / "aside"
        folder.write_bytes(b"in the way")
        try:
            yield
        finally:
            folder.rename(aside)


class TestSmtpMailer(MailerContract):
    """To a relay that does as it is told."""

    def begin(self) -> None:
        self.relay = self.closing.enter_context(Relay())

    def make_mailer(self) -> ko.Mailer:
        mailer = SmtpMailer(HOST, self.relay.port, security="none")
        return self.closing.enter_context(closing(mailer))

    def arrived(self) -> tuple[Arrived, ...]:
        return tuple(of_mail(taken.data, taken.recipients) for taken in self.relay.taken)

    @contextmanager
    def down(self) -> Generator[None]:
        self.relay.quirks = (Quirk(At.GREETING, (Act.DROP,), times=None),)
        yield
        self.relay.quirks = ()

    @contextmanager
    def losing(self) -> Generator[None]:
        self.relay.quirks = (Quirk(At.END, (Act.TAKE, Act.DROP), times=None),)
        yield
        self.relay.quirks = ()


class TestSmtpMailerToARealServer(MailerContract):
    def begin(self) -> None:
        self.box, self.port_number = Letterbox(), free_port()
        controller = Controller(self.box, hostname=HOST, port=self.port_number)
        controller.start()
        self.closing.callback(controller.stop)

    def make_mailer(self) -> ko.Mailer:
        return self.closing.enter_context(closing(SmtpMailer(HOST, self.port_number, security="none")))

    def arrived(self) -> tuple[Arrived, ...]:
        return tuple(
            of_mail(each.content, each.rcpt_tos) for each in self.box.letters if isinstance(each.content, bytes)
        )

    def unknown(self) -> str:
        self.box.unknown.add("nobody@region.example")
        return "nobody@region.example"


class TestFileTextMessages(TextMessagesContract):
    def make_text_messages(self) -> FileTextMessages:
        return FileTextMessages(self.place / "sms")

    def arrived(self, number: str) -> tuple[str, ...]:
        return self.make_text_messages().texts(number)

    @contextmanager
    def down(self) -> Generator[None]:
        (self.place / "sms").write_bytes(b"in the way")
        yield
        (self.place / "sms").unlink()


class TestMemoryTextMessages(TextMessagesContract):
    def begin(self) -> None:
        self.texts = MemoryTextMessages()

    def make_text_messages(self) -> MemoryTextMessages:
        return self.texts

    def arrived(self, number: str) -> tuple[str, ...]:
        return self.texts.texts(number)


class TestSystemClock(ClockContract):
    def make_clock(self) -> ko.Clock:
        return SystemClock()


class TestTickingClock(ClockContract):
    def make_clock(self) -> ko.Clock:
        return TickingClock()


class TestFrozenClock(ClockContract):
    def make_clock(self) -> ko.Clock:
        return FrozenClock()


class TestSystemIds(IdsContract):
    def make_ids(self) -> ko.Ids:
        return SystemIds()


class TestNumberedIds(IdsContract):
    is_guessable: ClassVar[bool] = True

    def make_ids(self) -> ko.Ids:
        return NumberedIds()


class TestSampleCatalogue(CatalogueContract):
    def make_catalogue(self) -> ko.Catalogue:
        return CATALOGUE


class TestSampleCatalogueWithStrictRules(CatalogueContract):
    def make_catalogue(self) -> ko.Catalogue:
        return CATALOGUE

    def rules(self) -> ko.Rules:
        return ko.Rules(
            four_eyes=True,
            attest_methods=(ko.AttestMethod.SMS_CODE, ko.AttestMethod.SITHS),
            minimum_assurance_of=(("siths", ko.AssuranceLevel.HIGH),),
            inform_agent_automatically=True,
        )


class TestEverybodyNamed(AuthorityContract):
    def make_authority(self) -> ko.SigningAuthority:
        return ko.EverybodyNamed()


class TestAtLeastOne(AuthorityContract):
    def make_authority(self) -> ko.SigningAuthority:
        return ko.AtLeast(1)


class TestAtLeastTwo(AuthorityContract):
    def make_authority(self) -> ko.SigningAuthority:
        return ko.AtLeast(2)


class TestFolderArchive(ArchiveContract):
    def open_archive(self) -> ko.Archive:
        return FolderArchive(self.place / "archive")

    def damage(self, digest: str) -> None:
        (self.place / "archive" / digest).write_bytes(b"another")


class TestMemoryArchive(ArchiveContract):
    def begin(self) -> None:
        self.archive = MemoryArchive()

    def open_archive(self) -> ko.Archive:
        return self.archive


class TestJwsSeal(SealContract):
    def begin(self) -> None:
        for name in ("one", "another"):
            JwsSeal.create(self.place / name)

    def make_seal(self) -> ko.Seal:
        return JwsSeal.load(self.place / "one")

    def make_other_seal(self) -> ko.Seal:
        return JwsSeal.load(self.place / "another")


def test_contracts_and_faults_need_neither_pytest_nor_hypothesis() -> None:
    code = """
import sys
import kundorder.testing.faults
from kundorder.testing.contracts import examine
from kundorder.testing.contracts import archive, authority, catalogue, clock, ids, mailer, seal, text_messages
from kundorder.testing.contracts.portal import PortalContract
report = examine(PortalContract(), only=["test_a_case_number_is_never_given_twice"])
print(report.holds, sorted({"pytest", "hypothesis"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "True []\n"


def test_a_promise_that_is_broken_says_which_of_which_port_and_where_it_is_documented() -> None:
    class Deaf(MailerContract):
        def make_mailer(self) -> ko.Mailer:
            return MemoryMailer()

        def arrived(self) -> tuple[Arrived, ...]:
            return ()

    (broken,) = examine(Deaf(), only=["test_threads_that_send_at_once_do_not_mix_their_letters"]).broken
    first, where, found = str(broken).splitlines()[:3]
    assert first == "a promise of the port Mailer is broken: threads that send at once do not mix their letters"
    assert where == "  documented at: kundorder.ports.mailers.Mailer.send"
    assert found.startswith("  found: lost: ['<letter0@portal.example>',")
