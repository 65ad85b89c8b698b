"""The conversation handler: gate, reading with memory, skill, and the closing transaction of every message."""

from collections import OrderedDict
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.clock import Clock
from bot.contracts import Card, InboundMessage, Language
from bot.inbox import Closing, InboxItem
from bot.outbox import OutgoingMessage
from bot.outside.proposal import Door, Proposal, would_ask
from bot.people.lookup import partners_in
from bot.people.service import Talk, arrive, find_talk
from bot.reading.service import FileReader, Read
from bot.skills.answering import Turnaround, answer_in, reply, words_for
from bot.skills.base import Answer, Ask, Services, Skill
from bot.skills.brief import is_brief, may_be_brief
from bot.skills.enclosed import Enclosed, enclose, read_files
from bot.skills.gate import Quota, Verdict, for_stranger, is_for_nobody, is_stranger
from bot.skills.hear import hear
from bot.skills.hear_files import hear_with_files
from bot.skills.languages import reader_languages, spoken
from bot.skills.memory import Memory, note_refusal, recall
from bot.skills.partners import hear_with_names, may_name_a_partner
from bot.skills.place import where_known
from bot.skills.proposed import names_beside, taken, told
from bot.skills.replied import with_quoted_text
from bot.skills.unheard import is_unheard, to_desk
from bot.store import Store, whole
from bot.understanding import Understanding, understand
from bot.wording import Words

DEFAULT_CONTEXT_LASTS = timedelta(minutes=30)
DEFAULT_QUESTIONS_PER_MINUTE = 60
READERS_REMEMBERED = 1_000
NOT_UNDERSTOOD = "out_of_scope"
ABOUT_MANY = frozenset({"delayed_list", "summary"})


class _TakesLonger(Exception):
    """The request may have to look at many rows."""


class _HasFiles(Exception):
    """The files of the message must be read before it can be understood."""


class _AsksOutside(Exception):
    """Our own reading has too little evidence, and there is a door; `names` are not to go through it."""

    def __init__(self, names: tuple[str, ...], local_now: datetime) -> None:
        self.names = names
        self.local_now = local_now


class Conversationalist:
    """Answers messages of the inbox; implements `bot.inbox.Handler`.

    An ordinary message costs one reading unit; what it changes is left to the closing. `homes` maps adapter instances
    to the code of the partner whose people use them. `language` is for one-shot commands: every answer comes in it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        services: Services,
        *,
        skills: Mapping[str, Skill],
        homes: Mapping[str, str | None],
        context_lasts: timedelta = DEFAULT_CONTEXT_LASTS,
        questions_per_minute: int = DEFAULT_QUESTIONS_PER_MINUTE,
        language: Language | None = None,
        files: FileReader | None = None,
        door: Door | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._services = services
        self._skills = skills
        self._homes = homes
        self._context_lasts = context_lasts
        self._language = language
        self._files = files or FileReader({})
        self._door = door
        self._quota = Quota(questions_per_minute)
        self._readers: OrderedDict[int, tuple[Words, ...]] = OrderedDict()

    async def handle(self, item: InboxItem) -> Closing:
        """Decide about one message; see `Handler`."""
        if is_for_nobody(item.message):
            return Closing()
        now = self._clock.now()
        closing = await self._thought(item, now, met=False)
        if closing is None:  # the first message of a person, or in a place, we did not know
            home = self._homes.get(item.message.conversation.adapter)
            await self._store.write(lambda conn: arrive(conn, item.message, item.conversation_id, home=home))
            closing = await self._thought(item, now, met=True)
        return closing or Closing()

    def answer_at_once(self, conn: Connection, item: InboxItem) -> Generator[None, None, Closing | None]:
        """See `Handler`: small talk, and questions about a few parcels, of somebody we know."""
        if is_for_nobody(item.message) or not may_be_brief(item.message):
            return None
        now = self._clock.now()
        try:
            closing = yield from self._thinking(conn, item=item, now=now, met=False, brief=True, reads=())
        except (_TakesLonger, _HasFiles, _AsksOutside):
            return None
        return closing if closing is not None and closing.brief else None

    async def _thought(self, item: InboxItem, now: datetime, *, met: bool) -> Closing | None:
        """Think briefly where that may do; what turns out to need more begins anew beside the event loop."""
        brief, reads = may_be_brief(item.message) and not item.takes_longer, tuple[Read, ...]()
        proposed: tuple[Proposal | None] | None = None
        while True:
            think = partial(
                self._thinking, item=item, now=now, met=met, brief=brief, reads=reads, proposed=proposed
            )
            try:
                return await self._store.read(whole(think), brief=brief)
            except _TakesLonger:
                brief = False
            except _HasFiles:
                brief, reads = False, await read_files(self._files, item, now)
            except _AsksOutside as asks:
                brief, proposed = False, (await self._outside(item.message, asks),)

    async def _outside(self, message: InboundMessage, asks: _AsksOutside) -> Proposal | None:
        door = self._door
        return await door.propose(message.text, names=asks.names, now=asks.local_now) if door is not None else None

    def apology(self, item: InboxItem) -> OutgoingMessage | None:
        """The answer to a message that could not be answered, in the language it was to be answered in."""
        if is_for_nobody(item.message) or not item.message.sender.authenticated:
            return None
        readers = self._readers.pop(item.id, None)
        if readers is None and item.message.only_known:  # perhaps of a stranger
            return None
        if readers is None:  # it failed before we knew who wrote, or in another process
            own = spoken(understand(item.message.text, now=item.received_at), item.message.text)
            languages: tuple[Language, ...] = (own,) if own else ("zh-Hans", "en")
            readers = tuple(Words(language, ZoneInfo("UTC"), item.received_at) for language in languages)
        cards = tuple(_card(words, "talk.failed", tone="warning") for words in readers)
        return reply(item, cards, readers)

    def _thinking(
        self, conn: Connection, *, item: InboxItem, now: datetime, met: bool, brief: bool, reads: tuple[Read, ...],
        proposed: tuple[Proposal | None] | None = None,
    ) -> Generator[None, None, Closing | None]:  # fmt: skip
        """Who asks, what is meant, and what is answered, in three parts; `proposed` holds what was asked outside."""
        message = item.message
        home = self._homes.get(message.conversation.adapter)
        talk = find_talk(conn, message, item.conversation_id, home=home, met=met)
        if talk is None:
            return None
        if is_unheard(message, talk.person):
            return to_desk(item, talk, self._services, now)
        memory = recall(
            conn, item.conversation_id, talk.person.contact_id, now=now, lasts=self._context_lasts
        )
        if is_stranger(talk.person):
            return self._to_stranger(item, talk, memory, now)
        verdict = self._quota.check(talk.person.contact_id, item.id, now)
        if verdict is Verdict.SILENCE:
            return Closing()
        if not reads and verdict is Verdict.ANSWER and self._files.wants(message):
            raise _HasFiles
        enclosed = enclose(conn, reads, talk.person, most=self._files.limits.max_numbers) if reads else None
        yield
        heard = self._hear(conn, with_quoted_text(conn, message), talk, memory, now=now, enclosed=enclosed)
        proposal = None
        if self._door is not None and enclosed is None and verdict is Verdict.ANSWER and would_ask(heard):
            if proposed is None:
                raise _AsksOutside(names_beside(message, talk), now.astimezone(ZoneInfo(talk.person.time_zone)))
            (proposal,) = proposed
            heard = taken(heard, proposal)
        understanding = where_known(heard, talk)
        if brief and not is_brief(understanding):
            raise _TakesLonger
        own = spoken(understanding, message.text)
        languages = (self._language,) if self._language else reader_languages(talk, own)
        readers = words_for(languages, talk, now)
        if verdict is Verdict.SLOW_DOWN:
            return self._slow_down(item, talk, readers)
        self._note_readers(item.id, readers)
        yield
        answer = self._answer(conn, item, talk, understanding, readers, memory=memory, enclosed=enclosed)
        answer = told(answer, understanding, proposal, readers) if proposal is not None else answer
        turnaround = Turnaround(item, talk, memory, understanding, own, readers, answer, now, enclosed)
        return Closing(turnaround.apply, turnaround.outcome, brief=answer.change is None)

    def _hear(
        self, conn: Connection, message: InboundMessage, talk: Talk, memory: Memory, *, now: datetime,
        enclosed: Enclosed | None,
    ) -> Understanding:  # fmt: skip
        """The request; where an operator was not understood, read again with the names of our partners."""
        local_now = now.astimezone(ZoneInfo(talk.person.time_zone))
        if enclosed is not None:
            most = self._services.max_numbers
            return hear_with_files(message, enclosed, lambda said: hear(said, memory, local_now), most=most)
        understanding = hear(message, memory, local_now)
        if not talk.person.is_operator or not may_name_a_partner(understanding):
            return understanding
        partners = partners_in(conn, talk.person.scope)
        return hear_with_names(message, memory, local_now, partners) or understanding

    def _answer(
        self, conn: Connection, item: InboxItem, talk: Talk, understanding: Understanding, readers: Sequence[Words],
        *, memory: Memory, enclosed: Enclosed | None,
    ) -> Answer:  # fmt: skip
        skill = self._skills.get(understanding.intent) or self._skills[NOT_UNDERSTOOD]
        ask = Ask(
            person=talk.person, conversation_id=item.conversation_id, message=item.message,
            understanding=understanding, words=readers[0], now=readers[0].now, services=self._services,
            enclosed=enclosed,
            earlier=memory.said() if understanding.intent in ABOUT_MANY else (),
        )
        return answer_in(ask, readers[1:], skill, conn)

    def _to_stranger(self, item: InboxItem, talk: Talk, memory: Memory, now: datetime) -> Closing:
        """One polite sentence, the same whatever was asked; then nothing for a day."""
        if for_stranger(memory.refused_at, now) is Verdict.SILENCE:
            return Closing()
        message = item.message
        own = spoken(understand(message.text, now=now), message.text)
        readers = words_for(reader_languages(talk, own), talk, now)
        address = f"{message.conversation.adapter}:{message.sender.external_id}"
        cards = tuple(_card(words, "talk.no_access", address=address) for words in readers)

        def apply(conn: Connection) -> Sequence[OutgoingMessage]:
            note_refusal(conn, item.conversation_id, talk.person.contact_id, now=now)
            return (reply(item, cards, readers),)

        return Closing(apply)

    def _slow_down(self, item: InboxItem, talk: Talk, readers: Sequence[Words]) -> Closing:
        cards = tuple(_card(words, "talk.slow_down") for words in readers)
        return Closing(lambda conn: (reply(item, cards, readers, group=talk.group),))  # noqa: ARG005

    def _note_readers(self, inbox_id: int, readers: tuple[Words, ...]) -> None:
        """Should the skill or its change fail, the apology comes in the right language."""
        self._readers[inbox_id] = readers
        if len(self._readers) > READERS_REMEMBERED:
            self._readers.popitem(last=False)


def _card(words: Words, key: str, *, tone: str = "neutral", **values: object) -> Card:
    return Card.model_validate({"language": words.language, "tone": tone, "text": (words.say(key, **values),)})
