// Files to be sent along: chosen with the paper clip, dropped on the pane, or pasted (the photo of a label).
import { make, sizeOf } from "/static/chat/cards.js";

const MOST_FILES = 10;
const MOST_BYTES = 20 * 1024 * 1024;

export class Chosen {
  constructor(root, words, language, warn) {
    this.files = [];
    this.words = words;
    this.language = language;
    this.warn = warn;
    this.list = root.querySelector(".chosen");
    const input = root.querySelector(".attach input");
    input.addEventListener("change", () => { this.add(input.files); input.value = ""; });
    root.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    root.addEventListener("drop", (event) => this.take(event, event.dataTransfer));
    root.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  }

  take(event, data) {
    if (!data?.files.length) return;
    event.preventDefault();
    this.add(data.files);
  }

  add(files) {
    const all = [...this.files, ...files];
    const bytes = all.reduce((sum, file) => sum + file.size, 0);
    const fits = all.length <= MOST_FILES && bytes <= MOST_BYTES;
    this.warn(fits ? "" : this.words.too_large);
    if (fits) this.show(all);
  }

  show(files) {
    this.files = files;
    this.list.replaceChildren(...files.map((file) => {
      const button = make("button", "clip", `${file.name} · ${sizeOf(file.size, this.language)} ✕`);
      button.type = "button";
      button.setAttribute("aria-label", `${this.words.remove} ${file.name}`);
      button.addEventListener("click", () => this.show(this.files.filter((other) => other !== file)));
      return button;
    }));
  }

  all() {
    const files = this.files;
    this.show([]);
    return files;
  }
}

function base64Of(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}

export async function attachmentsOf(files) {
  return Promise.all(files.map(async (file) => ({ name: file.name, base64: await base64Of(file) })));
}
