"""What a decision looks at, and nothing else: facts with their versions, and what comes from outside.

A ``Situation`` holds everything that was loaded for one command. Whatever is in it is guarded at the write, so a
decision may rely on all it sees here (R32).
"""

from kundorder.situation.cases import Act as Act
from kundorder.situation.cases import Case as Case
from kundorder.situation.cases import Fresh as Fresh
from kundorder.situation.cases import case_of as case_of
from kundorder.situation.facts import ABSENT as ABSENT
from kundorder.situation.facts import Fact as Fact
from kundorder.situation.facts import Facts as Facts
from kundorder.situation.facts import Guard as Guard
from kundorder.situation.facts import Situation as Situation
from kundorder.situation.keys import RECORDS as RECORDS
from kundorder.situation.keys import THE_PROVIDER as THE_PROVIDER
from kundorder.situation.keys import Key as Key
from kundorder.situation.keys import Kind as Kind
from kundorder.situation.keys import account_key as account_key
from kundorder.situation.keys import agreement_key as agreement_key
from kundorder.situation.keys import assignment_key as assignment_key
from kundorder.situation.keys import begun_key as begun_key
from kundorder.situation.keys import case_key as case_key
from kundorder.situation.keys import evidence_key as evidence_key
from kundorder.situation.keys import holders_key as holders_key
from kundorder.situation.keys import key_of_id as key_of_id
from kundorder.situation.keys import kind_of as kind_of
from kundorder.situation.keys import link_key as link_key
from kundorder.situation.keys import login_key as login_key
from kundorder.situation.keys import mailbox_key as mailbox_key
from kundorder.situation.keys import member_key as member_key
from kundorder.situation.keys import order_key as order_key
from kundorder.situation.keys import organisation_key as organisation_key
from kundorder.situation.keys import past_key as past_key
from kundorder.situation.keys import receipt_key as receipt_key
from kundorder.situation.keys import signing_key as signing_key
