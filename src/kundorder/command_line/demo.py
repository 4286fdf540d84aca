"""``demo``: the whole story on real input, through the real portal, into a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import msgspec

from kundorder.adapters.jws import JwsSeal
from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.sqlite import SqliteStore
from kundorder.codec import digest
from kundorder.command_line.clock import StoryClock
from kundorder.command_line.databases import make_tables, store_in
from kundorder.command_line.folder import AGREEMENTS, EVIDENCE, JOURNAL, MAILDIR, STORE, SUMMARY, Folder
from kundorder.command_line.loading import load_scenario
from kundorder.command_line.people import holder
from kundorder.command_line.refusals import Refusals
from kundorder.command_line.results import Results, Summary
from kundorder.command_line.scenario import Scenario
from kundorder.command_line.signers import signers_in
from kundorder.command_line.stage import Stage
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.command_line.story import Story
from kundorder.command_line.telling import Teller
from kundorder.errors import KeyReused
from kundorder.portal import Portal
from kundorder.ports import Store
from kundorder.situation import THE_PROVIDER
from kundorder.vocabulary import ConnectionMode, Role

if TYPE_CHECKING:  # SQLAlchemy is optional
    from kundorder.adapters.sql import SqlStore

_TOLD: Final = 2
"""Of the story; another one gets another number, so that it is not played on top of this one."""

_PREFACE: Final = """\
A demo of kundorder: people and organisations are made up, what they do goes through the library as it is. The story has
a time of its own. Everything is kept in\
"""


def demo(source: Path | None, out: Path, *, fresh: bool, database: str | None, stream: TextIO) -> Status:
    """Play the story.

    Args:
        source: folder of the input; None: the example of the repository.
        out: folder to play into.
        fresh: whether to begin anew there.
        database: address of one to keep everything in; None: a file in the folder.
        stream: where it is told.

    Raises:
        StoppedError: the input or the folder will not do, or something outside failed.
    """
    scenario = load_scenario(source)
    _ = JwsSeal()  # fails here, before anything is written, where the package it needs is missing
    folder = Folder(out)
    folder.begin(_digest(scenario), fresh=fresh)
    store = SqliteStore(folder.path / STORE) if database is None else _in_database(database, fresh=fresh)
    try:
        return play(scenario, folder, store, Teller(stream))
    finally:
        store.close()


def play(scenario: Scenario, folder: Folder, store: Store, teller: Teller) -> Status:
    """Play a scenario in a folder that is the demo's, on a store in it.

    Raises:
        StoppedError: what is in the folder does not fit, or mail cannot leave.
    """
    clock = StoryClock()
    mailer = MaildirMailer(folder.path / MAILDIR, clock=clock)
    signers = signers_in(folder, clock.now(), begun=_has_begun(store))
    portal = Portal(store=store, catalogue=scenario.catalogue, mailer=mailer, signing=signers.signing, clock=clock)
    refusals = Refusals(folder)
    stage = Stage(
        portal=portal,
        store=store,
        mailer=mailer,
        texts=signers.texts,
        clock=clock,
        refusals=refusals,
        teller=teller,
    )
    teller.paragraph(f"{_PREFACE} {folder.path}.")
    try:
        orders = tuple(Story(stage, scenario).play())
    except KeyReused as error:
        raise StoppedError(f"{folder.path}: does not fit this story; begin anew with --fresh") from error
    results = Results(
        portal=portal,
        store=store,
        signers=signers,
        scenario=scenario,
        reader=holder(scenario.organisations.provider, Role.PROVIDER_OFFICER).actor,
        orders=orders,
        refusals=refusals.all(),
    )
    return _close(results.write(folder), stage, folder, teller, scenario)


def _in_database(address: str, *, fresh: bool) -> "SqlStore":
    """A store that is empty or this demo's; what is in a database is nobody's to delete but its owner's."""
    make_tables(address)
    store = store_in(address)
    if fresh and _has_begun(store):
        store.close()
        raise StoppedError("there is a store in the database already; empty it, or give another one")
    return store


def _has_begun(store: Store) -> bool:
    with store.transaction() as transaction:
        return transaction.read((THE_PROVIDER,))[THE_PROVIDER].record is not None


def _digest(scenario: Scenario) -> str:
    """What is played, as one number: the same for files that say the same."""
    catalogue = scenario.catalogue
    agreements = (catalogue.customer_agreement, catalogue.agent_agreement)
    parts = (_TOLD, agreements, catalogue.services, catalogue.offers, scenario.organisations, scenario.orders)
    return digest(msgspec.json.encode(parts).decode())


def _close(summary: Summary, stage: Stage, folder: Folder, teller: Teller, scenario: Scenario) -> Status:
    """The last lines: how it ended, and where to look."""
    teller.heading("How it ended")
    names = {offer.id: offer.name_sv for offer in scenario.catalogue.offers}
    for order in summary.orders:
        chosen = "direct" if order.chosen_mode is ConnectionMode.DIRECT else "via agent"
        flow = "" if order.chosen_mode.value == order.flow.value else ", in the direct flow"
        way = " → ".join(step.to for step in order.steps[-2:])
        teller.say(f"{order.case_number}  {names[order.offer]}, {chosen}{flow}: {way}")
    verified = "the journal verifies" if summary.journal_verified else "THE JOURNAL DOES NOT VERIFY"
    refused = f"{len(summary.refusals)} acts were refused as the story wants"
    teller.say(f"{len(summary.mails)} mails have left, {refused}, {verified}.")
    now = stage.acts - stage.repeated
    earlier = f"; {stage.repeated} had been carried out before, and nothing happened twice" if stage.repeated else ""
    teller.say(f"{stage.acts} acts besides the refused: {now} carried out now{earlier}.")
    store = (STORE,) if (folder.path / STORE).exists() else ()
    kept = ", ".join((SUMMARY, JOURNAL, f"{AGREEMENTS}/", f"{EVIDENCE}/", f"{MAILDIR}/", *store))
    teller.say(f"In {folder.path}: {kept}.")
    return Status.DONE if summary.journal_verified else Status.FAILED
