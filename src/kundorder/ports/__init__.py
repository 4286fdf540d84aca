"""What a host provides: storage, mail, signing, time and ids, each as a Protocol of at most five methods.

The async twins are in ``awaited``, made from these.
"""

from kundorder.ports.archives import Archive as Archive
from kundorder.ports.authorities import SigningAuthority as SigningAuthority
from kundorder.ports.awaited.authorities import AsyncSigningAuthority as AsyncSigningAuthority
from kundorder.ports.awaited.mailers import AsyncMailer as AsyncMailer
from kundorder.ports.awaited.signing import AsyncSigning as AsyncSigning
from kundorder.ports.awaited.stores import AsyncStore as AsyncStore
from kundorder.ports.awaited.stores import AsyncTransaction as AsyncTransaction
from kundorder.ports.letters import Letter as Letter
from kundorder.ports.lists import Listed as Listed
from kundorder.ports.lists import Page as Page
from kundorder.ports.mailers import Mailer as Mailer
from kundorder.ports.progress import Action as Action
from kundorder.ports.progress import Done as Done
from kundorder.ports.progress import EnterCode as EnterCode
from kundorder.ports.progress import Failed as Failed
from kundorder.ports.progress import OpenUrl as OpenUrl
from kundorder.ports.progress import Pending as Pending
from kundorder.ports.progress import Progress as Progress
from kundorder.ports.progress import ShowQr as ShowQr
from kundorder.ports.seals import Seal as Seal
from kundorder.ports.signing import Signing as Signing
from kundorder.ports.stores import Store as Store
from kundorder.ports.stores import Transaction as Transaction
from kundorder.ports.surroundings import Clock as Clock
from kundorder.ports.surroundings import Ids as Ids
from kundorder.ports.texts import TextMessages as TextMessages
