"""A reason: why not, and who can help. Every sentence a refusal or an advice says stands here, in both languages."""

from kundorder.reasons.clearers import CUSTOMER_SERVICE, OFFICER, SYSTEM, YOU, Clearer
from kundorder.reasons.failures import failure_text
from kundorder.reasons.kinds import Advice, Reason, Reasons
from kundorder.reasons.sentences import PARAMS
from kundorder.reasons.wording import Params
from kundorder.reasons.words import word

__all__ = [
    "Advice",
    "CUSTOMER_SERVICE",
    "Clearer",
    "OFFICER",
    "PARAMS",
    "Params",
    "Reason",
    "Reasons",
    "SYSTEM",
    "YOU",
    "failure_text",
    "word",
]
