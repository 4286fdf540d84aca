"""Mail as it is to leave: what is owed becomes a letter, in the receiver's language, as text and as HTML; pure.

``messages.mime`` makes the bytes of it. It is for the adapters alone and not loaded here, since the standard library's
``email`` takes a third of the time that attrs and transitions take.
"""

from kundorder.messages.composing import About, Recipient, compose, takes_reference
from kundorder.messages.post import Mailbox, Post, mailbox

__all__ = ["About", "Mailbox", "Post", "Recipient", "compose", "mailbox", "takes_reference"]
