"""The portal: load, verify, decide, write, and nothing else; whatever is decided is decided in the core."""

from kundorder.portal.awaited.shell import AsyncPortal as AsyncPortal
from kundorder.portal.pages import EventPage as EventPage
from kundorder.portal.pages import MemberPage as MemberPage
from kundorder.portal.pages import NoticePage as NoticePage
from kundorder.portal.pages import OrderPage as OrderPage
from kundorder.portal.pages import PendingPage as PendingPage
from kundorder.portal.shell import Portal as Portal
