"""What a reply means: whose turn it is, by its number and by when it comes; none of its words gets any further."""

import pytest
from mail_servers import HOST, At, Quirk, Relay
from test_smtp import LETTER

import kundorder as ko
from kundorder.adapters.smtp import SmtpMailer
from kundorder.adapters.smtp.replies import Reply, Step, objection, reply
from kundorder.errors import Postponed, RelayStopped

CONTENT = {
    Step.GREETING: {220},
    Step.HELLO: {250},
    Step.ENCRYPT: {220},
    Step.LOG_IN: {235},
    Step.SENDER: {250},
    Step.ADDRESS: {250, 251},
    Step.LETTER: {354},
    Step.SENT: {250},
}
OF_THE_LETTER = {Step.ADDRESS, Step.LETTER, Step.SENT}
LOGIN = {530, 534, 535, 538}


def kind(step: Step, code: int) -> type[ko.KundorderError] | None:
    found = objection(step, Reply(code))
    return None if found is None else type(found)


def meant(step: Step, code: int) -> type[ko.KundorderError] | None:
    """The table as a person would write it."""
    if code in CONTENT[step]:
        return None
    if code < 400 or code in (421, 503):
        return ko.Unavailable
    if code < 500:
        return Postponed if step in OF_THE_LETTER else ko.Unavailable
    if code in LOGIN:
        return RelayStopped
    of_the_letter = step in OF_THE_LETTER or (step is Step.SENDER and code == 552)
    return ko.Undeliverable if of_the_letter else RelayStopped


@pytest.mark.parametrize("step", Step)
def test_every_reply_at_every_step_has_one_meaning(step: Step) -> None:
    assert {code: kind(step, code) for code in range(200, 600)} == {code: meant(step, code) for code in range(200, 600)}


@pytest.mark.parametrize("step", Step)
def test_the_numbers_that_are_wanted_are_the_only_ones_to_go_on_with(step: Step) -> None:
    assert {code for code in range(200, 600) if kind(step, code) is None} == CONTENT[step]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"5.1.1 unknown", "5.1.1"),
        (b"5.1.10", "5.1.10"),
        (b"5.1.1.1 x", None),
        (b"5.1.1234 x", None),
        (b"4.1.1 for now", None),  # of another kind than the number
        (b"no 5.1.1", None),
        (b"", None),
        (b"5.1.1\xffx", "5.1.1"),
        ("5.1.\u0661".encode(), None),
    ],
)
def test_of_the_words_of_a_reply_only_its_status_is_kept(words: bytes, status: str | None) -> None:
    assert reply(550, words) == Reply(550, status)


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT, At.DATA, At.END])
@pytest.mark.parametrize("code", [450, 550, 535, 552])
def test_no_word_of_a_relay_stands_in_an_error(at: At, code: int) -> None:
    words = f"{code} {code // 100}.1.1 <{LETTER.to}> Kanariefågeln 811218-9876 is no such person".encode()
    with Relay(Quirk(at, (words + b"\r\n",))) as relay:
        mailer = SmtpMailer(HOST, relay.port, security="none")
        with pytest.raises(ko.KundorderError) as caught:
            mailer.send(LETTER)
        mailer.close()
    shown = f"{caught.value!r} {caught.value} {vars(caught.value)} {caught.value.__cause__!r}"
    assert f"{code} {code // 100}.1.1" in shown
    for secret in (LETTER.to, "Kanariefågeln", "811218-9876", "such person"):
        assert secret not in shown
