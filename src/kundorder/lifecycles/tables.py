"""All lifecycles."""

from kundorder.lifecycles.agreement import AGENT_AGREEMENT, CUSTOMER_AGREEMENT
from kundorder.lifecycles.assignment import ASSIGNMENT
from kundorder.lifecycles.order import ORDER
from kundorder.lifecycles.provider import PROVIDER
from kundorder.lifecycles.rows import Table
from kundorder.lifecycles.user import USER

TABLES: tuple[Table, ...] = (ORDER, CUSTOMER_AGREEMENT, AGENT_AGREEMENT, ASSIGNMENT, USER, PROVIDER)
"""All of them; those before the last are published in the matrix."""
