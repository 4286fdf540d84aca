"""What the mails say in English."""

from kundorder.templates.layout import Link, Text, Variable, Words
from kundorder.vocabulary import Template

EN_WORDS = Words(
    greeting="Hello {name},",
    labels={
        Variable.OFFER: "Offer",
        Variable.CUSTOMER: "Customer",
        Variable.AGENT: "Agent",
        Variable.CASE_NUMBER: "Case number",
        Variable.REASON: "Reason",
        Variable.INSTRUCTIONS: "Instructions",
    },
    links={
        Link.ORDER: "Open the order",
        Link.AGREEMENT: "Open the agreement",
        Link.INVITATION: "Log in for the first time",
        Link.PORTAL: "Open the customer portal",
    },
    notes={
        Link.ORDER: "You need to log in to see the order.",
        Link.AGREEMENT: "The link is for you alone. Do not pass it on.",
        Link.INVITATION: "The link is personal and works once. Do not pass it on.",
        Link.PORTAL: "You already have a login. Log in as usual.",
    },
    footer=(
        "This mail is sent automatically from the customer portal. The link only opens a page; clicking on it decides "
        "nothing. Did you get this mail by mistake? Please tell customer service."
    ),
)

EN: dict[Template, Text] = {
    Template.LOGIN_ADMINISTRATOR: Text(
        subject="Your login as administrator",
        lead=(
            "You are an administrator for {organisation} in the customer portal.",
            (
                "It is you who adds users and gives them roles. A customer needs at least one orderer and at least one "
                "attestant before anything can be ordered. An agent needs at least one handler and at least one "
                "attestant. The same person may have several roles."
            ),
        ),
        closing=("Nothing can be ordered until the agreement is signed. You may prepare the roles before that.",),
    ),
    Template.LOGIN_AGREEMENT_CONTACT: Text(
        subject="Your login as contact for the agreement",
        lead=(
            "You are the contact for the agreement at {organisation}.",
            (
                "In the customer portal you can read the agreement and follow the organisation's orders. You cannot "
                "change anything."
            ),
        ),
    ),
    Template.LOGIN_USER: Text(
        subject="Your login to the customer portal",
        lead=(
            "You have been added as a user for {organisation} in the customer portal.",
            "Your roles decide what you can do there. You get them from your administrator.",
        ),
    ),
    Template.SIGN_AGREEMENT: Text(
        subject="An agreement to sign",
        lead=(
            "You are a signatory for {organisation}, and an agreement is waiting for your signature.",
            (
                "Read the agreement and sign it digitally. If you do not want to enter into it, decline instead and "
                "say why. You need no account in the customer portal."
            ),
        ),
        closing=("If several of you are to sign, the agreement takes effect when all have done so.",),
    ),
    Template.ATTEST_ORDER: Text(
        subject="An order to attest",
        lead=(
            "You are an attestant for {organisation}, and an order is waiting for your organisation's attest.",
            (
                "Review the order. Approve it and choose an attest method, or reject it and say why. The customer "
                "portal calls the attest an approval."
            ),
        ),
        closing=("The order is not binding until it is attested. If you are several, the first decision counts.",),
    ),
    Template.REVIEW_ORDER: Text(
        subject="An order to review",
        lead=(
            "You are a handler for {organisation}, and a customer has ordered a service with you as its agent.",
            (
                "Review the order. If it is right, approve it: you certify what it says and pick which of your "
                "attestants is to attest it. Otherwise reject it and say why."
            ),
        ),
        closing=(
            (
                "The customer's attestant gets the order when you have both approved and attested it. If you are "
                "several handlers, the first decision counts."
            ),
        ),
    ),
    Template.ATTEST_FOR_AGENT: Text(
        subject="An order to attest for the agent",
        lead=(
            "A handler at {organisation} has approved a customer's order and picked you to attest it.",
            "Review the order. Attest it and choose an attest method, or reject it and say why.",
        ),
        closing=("When you have attested it, the order goes on to the customer's attestant.",),
    ),
    Template.ORDER_REJECTED: Text(
        subject="The order is rejected",
        lead=("The customer's attestant has rejected the order. The decision is final, and nobody is bound by it.",),
        closing=("An orderer of the customer can copy the order to a draft, correct it and send it again.",),
    ),
    Template.ORDER_REJECTED_BY_AGENT: Text(
        subject="The agent has rejected the order",
        lead=(
            (
                "The agent has rejected the order. It does not go on to the customer's attestant, and nobody is bound "
                "by it."
            ),
        ),
        closing=(
            (
                "An orderer of the customer can copy the order to a draft, correct it and send it again. Is it unclear "
                "what to correct? Ask the agent."
            ),
        ),
    ),
    Template.ORDER_WITHDRAWN: Text(
        subject="The order is withdrawn",
        lead=("An order that was waiting for {organisation} has been withdrawn. You need not do anything more.",),
    ),
    Template.ORDER_ATTESTED: Text(
        subject="The order is attested",
        lead=("All attests are done, and the order is binding.",),
        closing=(
            (
                "If an agent has attested the order, the agent is told that the technical connection may start. "
                "Otherwise customer service contacts you with instructions."
            ),
        ),
    ),
    Template.HANDED_OVER: Text(
        subject="Instructions for your order",
        lead=(
            (
                "Customer service has handed over the order to {organisation}. The instructions for getting started "
                "are in the customer portal."
            ),
        ),
    ),
    Template.CONNECTION_STARTABLE: Text(
        subject="The technical connection may start",
        lead=(
            (
                "Both {organisation} and the customer have attested the order. You may now start the technical "
                "connection of the customer."
            ),
        ),
        closing=("When the connection is done, complete the order in the customer portal.",),
    ),
    Template.ORDER_COMPLETED: Text(
        subject="The order is completed",
        lead=("The order has been carried out and is completed. You need not do anything more.",),
    ),
}
"""One text a template."""
