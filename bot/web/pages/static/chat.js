// One pane: follows a contact's conversation live and says what is typed. The demo page has two of them.
import { cardElement, make } from "/static/chat/cards.js";
import { attachmentsOf, Chosen } from "/static/chat/files.js";

const words = JSON.parse(document.getElementById("words").textContent);
const RETRY_MS = 2000;
const ABOVE = 8;  // pixels

class Pane {
  constructor(root) {
    this.root = root;
    this.contact = root.dataset.contact || "";
    this.mail = root.dataset.view === "mail";
    this.language = root.dataset.language;
    this.log = root.querySelector(".log");
    this.form = root.querySelector("form.say");
    this.box = this.form.querySelector("textarea");
    this.notice = root.querySelector(".notice");
    this.words = words[this.language] || words[document.documentElement.lang];
    this.zone = root.dataset.zone || undefined;
    this.clock = new Intl.DateTimeFormat(this.language === "en" ? "en-GB" : "zh-CN", {
      hour: "2-digit", minute: "2-digit", timeZone: this.zone,
    });
    this.last = 0;
    this.waiting = 0;
    this.seen = new Map();
    this.typing = null;
    this.following = null;
    this.onNews = () => {};
    this.chosen = new Chosen(root, this.words, this.language, (text) => this.warn(text));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    this.box.addEventListener("input", () => this.grow());
    if (!this.mail) this.stayAtEnd();
    for (const chip of root.querySelectorAll(".chips button")) chip.addEventListener("click", () => this.say(chip.textContent));
    root.querySelector(".setup")?.addEventListener("change", () => this.restart());
  }

  headers() {
    const token = this.root.querySelector("[name=token]")?.value.trim();
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  restart() {
    this.contact = this.root.querySelector("[name=contact]").value.trim();
    this.last = 0;
    this.seen.clear();
    this.log.replaceChildren(make("p", "hint", this.words.empty));
    this.following?.abort();
    this.follow();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }

  send() {
    const text = this.box.value.trim();
    const files = this.chosen.all();
    if (!text && !files.length) return;
    this.box.value = "";
    this.grow();
    this.say(text, files);
  }

  async say(text, files = []) {
    this.wait(+1);
    this.warn("");
    try {
      const answer = await fetch("/api/v1/chat", {
        method: "POST",
        headers: { "Content-Type": "application/json", ...this.headers() },
        body: JSON.stringify({ contact: this.contact, text, attachments: await attachmentsOf(files) }),
      });
      if (!answer.ok) throw new Error(answer.status === 401 ? this.words.token : this.words.failed);
    } catch (error) {
      this.failed(text, files, error instanceof TypeError ? this.words.offline : error.message);
    } finally {
      this.wait(-1);
    }
  }

  failed(text, files, why) {
    const entry = make("div", "entry mine failed");
    const again = make("button", "retry", this.words.again);
    again.type = "button";
    again.addEventListener("click", () => { entry.remove(); this.say(text, files); });
    const said = [text, ...files.map((file) => `📎 ${file.name}`)].filter(Boolean).join("\n");
    entry.append(make("div", "bubble", said), again);
    this.show(entry);
    this.warn(why);
  }

  warn(text) {
    this.notice.hidden = !text;
    this.notice.textContent = text;
  }

  wait(change) {
    this.waiting += change;
    if (this.waiting > 0 && !this.typing) {
      this.typing = make("div", "typing");
      this.typing.append(make("i"), make("i"), make("i"), make("span", "out-of-sight", this.words.typing));
      this.log.append(this.typing);
      this.typing.scrollIntoView({ block: "nearest" });
    } else if (this.waiting === 0 && this.typing) {
      this.typing.remove();
      this.typing = null;
    }
  }

  show(element, at = Infinity) {
    this.log.querySelector(".hint")?.remove();
    element.at = Number.isFinite(at) ? at : -Infinity;  // what has no time of the service's stays above what comes
    if (this.mail) {
      this.log.prepend(element);
      this.log.scrollTop = 0;
      return;
    }
    const before = [...this.log.children].findLast((other) => other !== this.typing && !(other.at > at));
    if (before) before.after(element);  // a line that was changed comes late and stands where it stood
    else this.log.prepend(element);
    if (this.typing) this.log.append(this.typing);
    const first = this.log.scrollTop + element.getBoundingClientRect().top - this.log.getBoundingClientRect().top - ABOVE;
    const newest = [null, this.typing].includes(element.nextElementSibling);
    const end = this.log.scrollHeight - this.log.clientHeight;
    this.log.scrollTop = newest ? Math.min(first, end) : end;  // a long answer is read from its first line
  }

  // Whoever reads the end goes on reading it when the room for it shrinks.
  stayAtEnd() {
    let atEnd = true;
    this.log.addEventListener("scroll", () => {
      atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < ABOVE;
    });
    new ResizeObserver(() => { if (atEnd) this.log.scrollTop = this.log.scrollHeight; }).observe(this.log);
  }

  add(entry) {
    this.last = Math.max(this.last, entry.number);
    const key = `${entry.message_id}/${entry.said === null ? "us" : "them"}`;
    const known = this.seen.get(key);
    if (known && (known.number >= entry.number || this.mail)) return;  // a mail that was sent stays as it is
    const element = this.mail ? this.mailElement(entry) : this.chatElement(entry);
    this.seen.set(key, { number: entry.number, element });
    if (known) {
      element.at = known.element.at;
      known.element.replaceWith(element);
      return;
    }
    this.show(element, Date.parse(entry.at));
    if (entry.said === null) this.onNews(entry);
  }

  time(entry) {
    const stamp = make("time", "", this.clock.format(new Date(entry.at)));
    stamp.dateTime = entry.at;
    return stamp;
  }

  chatElement(entry) {
    const box = make("div", `entry ${entry.said === null ? "theirs" : "mine"}`);
    box.append(this.time(entry));
    if (entry.said !== null) box.append(make("div", "bubble", entry.said));
    for (const card of entry.cards) box.append(cardElement(card, (text) => this.say(text)));
    return box;
  }

  mailElement(entry) {
    const mail = make("section", "mail new");
    const head = make("header");
    const first = entry.cards[0];
    const subject = entry.said !== null ? entry.said.split("\n")[0].slice(0, 90) : first.title || (first.text || [])[0] || "";
    const tag = first?.reference ? ` [PB-${first.reference.replace("-", "")}]` : "";
    head.append(make("strong", "", subject + tag), this.time(entry), make("span", "", entry.said !== null ? this.words.sent : this.words.from));
    mail.append(head);
    if (entry.said !== null) mail.append(make("div", "bubble", entry.said));
    for (const card of entry.cards) mail.append(cardElement({ ...card, title: card === first ? "" : card.title }, (text) => this.say(text)));
    return mail;
  }

  async follow() {
    const stop = (this.following = new AbortController());
    while (!stop.signal.aborted && this.contact) {
      try {
        const url = `/api/v1/chat/live?contact=${encodeURIComponent(this.contact)}&after=${this.last}`;
        const answer = await fetch(url, { headers: this.headers(), signal: stop.signal });
        if (!answer.ok) throw new Error(answer.status === 401 ? this.words.token : this.words.failed);
        this.warn("");
        await this.read(answer.body.getReader());
      } catch (error) {
        if (stop.signal.aborted) return;
        this.warn(error instanceof TypeError ? this.words.offline : error.message);
      }
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    }
  }

  async read(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const events = rest.split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const line = event.split("\n").find((one) => one.startsWith("data: "));
        if (line) this.add(JSON.parse(line.slice(6)));
      }
    }
  }
}

const panes = [...document.querySelectorAll(".pane")].map((root) => new Pane(root));
for (const pane of panes) pane.follow();

const tabs = [...document.querySelectorAll(".sides [role=tab]")];
function choose(tab) {
  for (const other of tabs) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).classList.toggle("away", !on);
  }
  tab.querySelector(".count").hidden = true;
  tab.querySelector(".count").textContent = "0";
}
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const next = tabs[(index + 1) % tabs.length];
    choose(next);
    next.focus();
  });
  panes[index].onNews = () => {
    if (tab.getAttribute("aria-selected") === "true") return;
    const count = tab.querySelector(".count");
    count.textContent = String(Number(count.textContent) + 1);
    count.hidden = false;
  };
}
