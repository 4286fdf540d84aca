"""Mail by SMTP (RFC 5321), to a relay of the host's: one letter to one person at a time.

Whether a letter has left is told by one thing alone: the 250 after its last line. What comes before decides whose turn
it is if it has not, by the number of the reply; what comes after changes nothing.
"""

from kundorder.adapters.smtp.mailer import Security as Security
from kundorder.adapters.smtp.mailer import SmtpMailer as SmtpMailer
