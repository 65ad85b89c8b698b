"""The live test of `parcelbridge doctor`: log in, and send one mail to ourselves that must come back."""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from secrets import token_hex

from aiosmtplib import SMTPAuthenticationError, SMTPException
from imapclient.exceptions import IMAPClientError, LoginError

from adapters.email.config import EmailConfig, ImapServer, SmtpServer, missing
from adapters.email.imap_session import Session
from adapters.email.oauth import NoToken, Tokens
from adapters.email.pool import connected, distrust_of
from adapters.email.render import LOOP_HEADER
from bot.contracts import AdapterHost, Health

ROUND_TRIP_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.5


async def check(config: EmailConfig, host: AdapterHost) -> Health:
    """In one sentence, what to mend."""
    absent = missing(config)
    if absent or config.smtp is None:
        return Health(False, "incomplete", f"add {', '.join(absent or ['smtp'])}")
    message_id = f"<check.{token_hex(16)}@{config.domain}>"
    tokens = None
    if config.oauth is not None:
        tokens = Tokens(config.oauth, config.name)
        tokens.use(host)
        try:
            await tokens.get()
        except NoToken as error:
            return Health(False, "refused", f"{error}: check the oauth keys")
    problem = await _sent(config, config.smtp, host, message_id, tokens)
    if problem is not None:
        return problem
    if config.imap is None:
        return Health(True, "up", "a mail to ourselves was accepted; without a mailbox it cannot be seen to arrive")
    session = Session(config.imap, await tokens.get() if tokens is not None else None)
    return await _came_back(session, config.imap, _tried(config), message_id)


async def _sent(
    config: EmailConfig, server: SmtpServer, host: AdapterHost, message_id: str, tokens: Tokens | None
) -> Health | None:
    where = f"smtp {server.host}:{server.real_port}"
    to = _tried(config)
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"], mail["To"], mail["Subject"] = config.address, to, "Parcelbridge check"
    mail["Date"], mail["Message-ID"] = format_datetime(host.now()), message_id
    mail["Auto-Submitted"], mail[LOOP_HEADER] = "auto-generated", config.domain
    mail.set_content("A check of this mailbox; it is removed by itself.\n")
    try:
        client = await connected(server, tokens.get if tokens is not None else None)
        try:
            await client.sendmail(config.address, [to], mail.as_bytes())
        finally:
            client.close()
    except SMTPAuthenticationError as error:
        return Health(False, "refused", f"{where} refuses the login ({error.code}): check username and password")
    except (SMTPException, OSError) as error:
        return _trouble(where, error)
    return None


def _tried(config: EmailConfig) -> str:
    """The kind of address that answers come back to."""
    return config.address.replace("@", "+check@", 1) if config.plus_addresses else config.address


async def _came_back(session: Session, server: ImapServer, to: str, message_id: str) -> Health:
    where = f"imap {server.host}:{server.real_port}"
    try:
        async with asyncio.timeout(ROUND_TRIP_SECONDS):
            while not await asyncio.to_thread(_removed, session, server, message_id):  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(LOOK_EVERY_SECONDS)
    except LoginError:
        return Health(False, "refused", f"{where} refuses the login: check username and password")
    except TimeoutError:
        otherwise = ", or set plus_addresses = false" if "+" in to else ""
        return Health(False, "lost", f"{where}: a mail to {to} did not arrive in {ROUND_TRIP_SECONDS:.0f} s: "
                                     f"see that it is delivered to this mailbox{otherwise}")
    except (IMAPClientError, OSError) as error:
        return _trouble(where, error)
    return Health(True, "up", "a mail to ourselves went out and came in again")


def _removed(session: Session, server: ImapServer, message_id: str) -> bool:
    """Find the mail wherever it is now, and take it away again."""
    try:
        session.open()
        folders = filter(None, (server.folder, server.processed))
        return any(session.remove(folder, message_id) for folder in folders)
    finally:
        session.close()


def _trouble(where: str, error: Exception) -> Health:
    if (distrust := distrust_of(error)) is not None:
        return Health(False, "tls", f"{where}: {distrust}: set ca_file, or the host its certificate names")
    return Health(False, "unreachable", f"{where}: {_line(error)}: check host, port, security and the network")


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:200]
