"""A real Postfix and a real Dovecot on free ports of this machine, in one folder, for as long as the tests run."""

import imaplib
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DOVECOT = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
mail_location = maildir:{dir}/mail/%n
mail_uid = pbmail
mail_gid = pbmail
first_valid_uid = 1
default_internal_user = dovecot
default_internal_group = dovecot
default_login_user = dovenull
recipient_delimiter = +
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
imap_idle_notify_interval = 30 s
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {dir}/users
}}
userdb {{
  driver = static
  args = uid=pbmail gid=pbmail home={dir}/mail/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  unix_listener {dir}/postfix/spool/private/auth {{
    mode = 0666
  }}
}}
service anvil {{
  chroot =
}}
"""
MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/postfix/spool
data_directory = {dir}/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = {dir}
maillog_file = {dir}/postfix.log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.pb.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = pb.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
virtual_alias_maps =
recipient_delimiter = +
default_transport = error:5.1.2 nothing leaves this machine
relay_transport = error:5.1.2 nothing leaves this machine
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ busy@pb.example = 451 4.3.2 later }} \
{{ nobody@pb.example = 550 5.1.1 no such mailbox }} }}
smtpd_sender_restrictions = check_sender_access inline:{{ {{ agent@pb.example = \
PREPEND Authentication-Results: mx.pb.example; dmarc=pass header.from=pb.example }} }}
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_cert_file = {dir}/cert.pem
smtpd_tls_key_file = {dir}/key.pem
smtpd_tls_security_level = may
message_size_limit = 10485760
smtputf8_enable = yes
smtpd_error_sleep_time = 0
"""
SUBMISSION = "-o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
SERVICES = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_tls_auth_only=yes {more}
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {more}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Servers:
    """Both, running."""

    dir: Path
    ports: dict[str, int]

    @property
    def ca_file(self) -> str:
        return str(self.dir / "cert.pem")

    def deliver(self, raw: bytes, *to: str, sender: str = "li@partner.example") -> None:
        """As another company's server hands it over."""
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=10) as client:
            client.sendmail(sender, list(to) or ["bot@pb.example"], raw)

    def deliver_straight(self, raw: bytes, to: str = "bot@pb.example") -> None:
        """Into the mailbox at once, as if it had just come in."""
        with smtplib.LMTP("127.0.0.1", self.ports["lmtp"]) as client:
            client.sendmail("li@partner.example", [to], raw)

    def send_elsewhere(self, raw: bytes, *, sender: str, to: str) -> None:
        """A mail to a domain that cannot be reached: its bounce comes back to the sender."""
        command = ["/usr/sbin/sendmail", "-C", str(self.dir / "postfix/etc"), "-f", sender, to]
        subprocess.run(command, input=raw, check=True, timeout=SECONDS)

    def kick(self, user: str = "bot") -> None:
        """Cut every IMAP session."""
        self._doveadm("kick", user)

    def empty(self, user: str = "bot") -> None:
        for folder in ("INBOX", "Processed", "Quarantine"):
            self._doveadm("expunge", "-u", user, "mailbox", folder, "all", check=False)

    def count(self, folder: str, user: str = "bot") -> int:
        """How many mails lie in a folder."""
        out = self._doveadm("-f", "flow", "mailbox", "status", "-u", user, "messages", folder, check=False)
        return int(out.rpartition("messages=")[2].split()[0]) if "messages=" in out else 0

    def newest(self, user: str = "agent") -> bytes:
        """The mail that came last into a mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.ports["imap"]) as client:
            client.login(user, "secret")
            client.select("INBOX", readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            found = client.fetch(numbers[-1].decode(), "(RFC822)")[1][0]
        assert isinstance(found, tuple)
        return bytes(found[1])

    def forget_uids(self, user: str = "bot") -> None:
        """The mailbox gets another UIDVALIDITY, as after a restore."""
        self._doveadm("mailbox", "update", "-u", user, "--uid-validity", str(int(time.time()) + 1000), "INBOX")

    def close_folder(self, folder: str, *, closed: bool, user: str = "bot") -> None:
        """Nothing can be put into it, as into a full one."""
        for part in ("cur", "new", "tmp"):
            (self.dir / "mail" / user / f".{folder}" / part).chmod(0o500 if closed else 0o700)

    def start_dovecot(self) -> None:
        subprocess.run(["dovecot", "-c", str(self.dir / "dovecot.conf")], check=True, timeout=SECONDS)
        _until_open(self.ports["imap"])

    def stop_dovecot(self) -> None:
        """Every process of it ends, sessions too, which Dovecot itself would let live on for about ten seconds."""
        master = int((self.dir / "run/master.pid").read_text())
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        subprocess.run(["doveadm", "-c", str(self.dir / "dovecot.conf"), "stop"], check=True, timeout=SECONDS)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        _until_closed(self.ports["imap"])

    def _doveadm(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["doveadm", "-c", str(self.dir / "dovecot.conf"), *words], check=check, timeout=SECONDS,
            capture_output=True, text=True,
        )
        return done.stdout


def why_not() -> str | None:
    """What this machine lacks to run them; None when they can run."""
    if os.geteuid() != 0:
        return "real mail servers need root"
    lacking = [name for name in ("dovecot", "postfix", "openssl", "doveadm") if shutil.which(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else None


@contextmanager
def running(folder: Path) -> Iterator[Servers]:
    """Both servers, from here to there."""
    servers = Servers(folder, {name: _free_port() for name in ("imap", "imaps", "lmtp", "smtp", "submission", "smtps")})
    _prepare(servers)
    servers.start_dovecot()
    subprocess.run(["postfix", "-c", str(folder / "postfix/etc"), "start"], check=True, timeout=SECONDS,
                   capture_output=True)
    _until_open(servers.ports["smtp"])
    try:
        yield servers
    finally:
        subprocess.run(["postfix", "-c", str(folder / "postfix/etc"), "stop"], check=False, timeout=SECONDS,
                       capture_output=True)
        servers.stop_dovecot()


def _prepare(servers: Servers) -> None:
    folder = servers.dir
    if subprocess.run(["id", "pbmail"], capture_output=True, check=False).returncode:
        subprocess.run(["useradd", "-r", "-M", "-s", "/usr/sbin/nologin", "pbmail"], check=True)
    for name in ("mail", "run", "state", "postfix/etc", "postfix/spool/private", "postfix/data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / "postfix/spool/private").chmod(0o700)
    shutil.chown(folder / "mail", "pbmail", "pbmail")
    shutil.chown(folder / "postfix/data", "postfix")
    shutil.chown(folder / "postfix/spool/private", "postfix")
    (folder / "users").write_text("bot:{PLAIN}secret\nagent:{PLAIN}secret\n")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True, timeout=SECONDS,
    )
    values = {"dir": folder, "more": SUBMISSION, **servers.ports}
    (folder / "dovecot.conf").write_text(DOVECOT.format(**values))
    (folder / "postfix/etc/main.cf").write_text(MAIN.format(**values))
    (folder / "postfix/etc/master.cf").write_text(SERVICES.format(**values).lstrip())
    for name in ("postfix-files", "dynamicmaps.cf"):
        if (source := Path("/etc/postfix") / name).exists():
            shutil.copy(source, folder / "postfix/etc" / name)
    for name in ("postfix-files.d", "dynamicmaps.cf.d"):
        (folder / "postfix/etc" / name).mkdir(exist_ok=True)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_open(port: int) -> None:
    _until(port, wanted=True)


def _until_closed(port: int) -> None:
    _until(port, wanted=False)


def _until(port: int, *, wanted: bool) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with closing(socket.socket()) as probe:
            if (probe.connect_ex(("127.0.0.1", port)) == 0) is wanted:
                return
        time.sleep(0.02)
    raise TimeoutError(f"port {port} did not {'open' if wanted else 'close'}")
