"""What is true: every table, and the transaction that reads and writes them."""

from models.alarm import Alarm
from models.answer import Answer
from models.ballot import Ballot, Elector, Participation, Tally
from models.calendar import CalendarDay, CalendarVersion
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

__all__ = [
    "Alarm", "Answer", "Ballot", "Body", "CalendarDay", "CalendarVersion", "Case", "Counter", "Database", "Db", "Deadline", "Elector",
    "Entry", "Heartbeat", "Locked", "Mandate", "Message", "Participation", "Person", "Presence", "Reminder", "Seal",
    "Signature", "Tally", "Token", "Touch", "TransactionLost", "Webhook", "Witness",
]  # fmt: skip
