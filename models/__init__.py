"""What is true: every table, and the transaction that reads and writes them."""

from models.account import Account, Invitation, Passkey
from models.alarm import Alarm
from models.answer import Answer
from models.ballot import Ballot, Elector, Participation, Tally
from models.calendar import CalendarDay, CalendarVersion
from models.calendar_link import CalendarLink
from models.case import Case, Counter
from models.clock import Witness
from models.database import Database, Db, Locked, TransactionLost
from models.deadline import Deadline, Reminder
from models.entry import Entry
from models.heartbeat import Heartbeat
from models.mandate import Mandate
from models.message import Message, Webhook
from models.person import Body, Person
from models.presence import Presence
from models.seal import Seal
from models.signature import Signature
from models.token import Token
from models.touch import Touch
from models.web_session import Attempt, Challenge, WebSession

__all__ = [
    "Account", "Alarm", "Answer", "Attempt", "Ballot", "Body", "CalendarDay", "CalendarLink", "CalendarVersion", "Case",
    "Challenge", "Counter", "Database", "Db", "Deadline", "Elector", "Entry", "Heartbeat", "Invitation", "Locked", "Mandate",
    "Message", "Participation", "Passkey", "Person", "Presence", "Reminder", "Seal", "Signature", "Tally", "Token", "Touch",
    "TransactionLost", "WebSession", "Webhook", "Witness",
]  # fmt: skip
