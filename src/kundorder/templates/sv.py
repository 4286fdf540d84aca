"""What the mails say in Swedish."""

from kundorder.templates.layout import Link, Text, Variable, Words
from kundorder.vocabulary import Template

SV_WORDS = Words(
    greeting="Hej {name}!",
    labels={
        Variable.OFFER: "Erbjudande",
        Variable.CUSTOMER: "Kund",
        Variable.AGENT: "Agent",
        Variable.CASE_NUMBER: "Ärendenummer",
        Variable.REASON: "Orsak",
        Variable.INSTRUCTIONS: "Instruktioner",
    },
    links={
        Link.ORDER: "Öppna beställningen",
        Link.AGREEMENT: "Öppna avtalet",
        Link.INVITATION: "Logga in första gången",
        Link.PORTAL: "Öppna Kundportalen",
    },
    notes={
        Link.ORDER: "Du behöver logga in för att se beställningen.",
        Link.AGREEMENT: "Länken är bara till för dig. Skicka den inte vidare.",
        Link.INVITATION: "Länken är personlig och fungerar en gång. Skicka den inte vidare.",
        Link.PORTAL: "Du har redan en inloggning. Logga in som vanligt.",
    },
    footer=(
        "Det här mejlet skickas automatiskt från Kundportalen. Länken öppnar bara en sida; att klicka på den beslutar "
        "ingenting. Har du fått mejlet av misstag? Hör av dig till kundservice."
    ),
)

SV: dict[Template, Text] = {
    Template.LOGIN_ADMINISTRATOR: Text(
        subject="Din inloggning som administratör",
        lead=(
            "Du är administratör för {organisation} i Kundportalen.",
            (
                "Det är du som lägger till användare och ger dem roller. En kund behöver minst en beställare och minst "
                "en attestant innan något kan beställas. En agent behöver minst en handläggare och minst en attestant. "
                "Samma person kan ha flera roller."
            ),
        ),
        closing=("Beställa kan man först när avtalet är signerat. Roller kan du förbereda redan innan.",),
    ),
    Template.LOGIN_AGREEMENT_CONTACT: Text(
        subject="Din inloggning som kontaktperson för avtalet",
        lead=(
            "Du är kontaktperson för avtalet hos {organisation}.",
            "I Kundportalen kan du läsa avtalet och följa organisationens beställningar. Du kan inte ändra något.",
        ),
    ),
    Template.LOGIN_USER: Text(
        subject="Din inloggning till Kundportalen",
        lead=(
            "Du är tillagd som användare för {organisation} i Kundportalen.",
            "Vilka roller du har avgör vad du kan göra där. Rollerna får du av er administratör.",
        ),
    ),
    Template.SIGN_AGREEMENT: Text(
        subject="Avtal att signera",
        lead=(
            "Du är företrädare för {organisation}, och ett avtal väntar på din signatur.",
            (
                "Läs igenom avtalet och signera det digitalt. Vill ni inte ingå avtalet avböjer du i stället och anger "
                "varför. Du behöver inget konto i Kundportalen."
            ),
        ),
        closing=("Är ni flera som ska signera gäller avtalet först när alla har gjort det.",),
    ),
    Template.ATTEST_ORDER: Text(
        subject="Beställning att attestera",
        lead=(
            "Du är attestant för {organisation}, och en beställning väntar på er attest.",
            (
                "Granska beställningen. Godkänn den och välj attesteringsmetod, eller avvisa den och ange varför. "
                "Kundportalen kallar attesten för godkännande."
            ),
        ),
        closing=(
            (
                "Beställningen är inte bindande förrän den är attesterad. Är ni flera attestanter räknas det första "
                "beslutet."
            ),
        ),
    ),
    Template.REVIEW_ORDER: Text(
        subject="Beställning att granska",
        lead=(
            "Du är handläggare för {organisation}, och en kund har beställt en tjänst med er som agent.",
            (
                "Granska beställningen. Om den stämmer godkänner du den: du intygar uppgifterna och väljer vilken av "
                "era attestanter som ska attestera. Annars avvisar du den och anger varför."
            ),
        ),
        closing=(
            (
                "Kundens attestant får beställningen när ni både har godkänt och attesterat den. Är ni flera "
                "handläggare räknas det första beslutet."
            ),
        ),
    ),
    Template.ATTEST_FOR_AGENT: Text(
        subject="Beställning att attestera för agenten",
        lead=(
            "En handläggare hos {organisation} har godkänt en kunds beställning och valt dig som attestant.",
            "Granska beställningen. Attestera den och välj attesteringsmetod, eller avvisa den och ange varför.",
        ),
        closing=("När du har attesterat går beställningen vidare till kundens attestant.",),
    ),
    Template.ORDER_REJECTED: Text(
        subject="Beställningen är avvisad",
        lead=("Kundens attestant har avvisat beställningen. Beslutet är slutligt, och ingen är bunden av den.",),
        closing=("En beställare hos kunden kan kopiera beställningen till ett utkast, rätta den och skicka den igen.",),
    ),
    Template.ORDER_REJECTED_BY_AGENT: Text(
        subject="Agenten har avvisat beställningen",
        lead=(
            (
                "Agenten har avvisat beställningen. Den går inte vidare till kundens attestant, och ingen är bunden av "
                "den."
            ),
        ),
        closing=(
            (
                "En beställare hos kunden kan kopiera beställningen till ett utkast, rätta den och skicka den igen. Är "
                "det oklart vad som behöver rättas? Fråga agenten."
            ),
        ),
    ),
    Template.ORDER_WITHDRAWN: Text(
        subject="Beställningen är återtagen",
        lead=("En beställning som väntade på {organisation} har återtagits. Ni behöver inte göra något mer med den.",),
    ),
    Template.ORDER_ATTESTED: Text(
        subject="Beställningen är attesterad",
        lead=("Alla attester är klara, och beställningen är bindande.",),
        closing=(
            (
                "Har en agent attesterat beställningen får agenten besked om att den tekniska anslutningen kan börja. "
                "Annars hör kundservice av sig till er med instruktioner."
            ),
        ),
    ),
    Template.HANDED_OVER: Text(
        subject="Instruktioner för er beställning",
        lead=(
            (
                "Kundservice har lämnat över beställningen till {organisation}. Instruktionerna för att komma i gång "
                "finns i Kundportalen."
            ),
        ),
    ),
    Template.CONNECTION_STARTABLE: Text(
        subject="Den tekniska anslutningen kan börja",
        lead=("Både {organisation} och kunden har attesterat beställningen. Nu kan ni börja ansluta kunden tekniskt.",),
        closing=("När anslutningen är klar avslutar du beställningen i Kundportalen.",),
    ),
    Template.ORDER_COMPLETED: Text(
        subject="Beställningen är avslutad",
        lead=("Beställningen är genomförd och avslutad. Du behöver inte göra något mer.",),
    ),
}
"""One text a template."""
