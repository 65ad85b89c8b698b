// The demo's control: make a flight or train late, let time pass, and see both sides being told.
const words = JSON.parse(document.getElementById("words").textContent)[document.documentElement.lang];
const form = document.querySelector("form.delay");
const list = form.querySelector("select");
const button = form.querySelector("button");
const said = form.querySelector("output");

async function load() {
  const answer = await fetch("/demo/hauls");
  const { hauls } = await answer.json();
  const chosen = list.value;
  list.replaceChildren(...hauls.map((haul) => {
    const option = document.createElement("option");
    option.value = haul.key;
    option.textContent = `${haul.number} · ${haul.origin}–${haul.hub} · ${haul.about}`;
    return option;
  }));
  if (hauls.some((haul) => haul.key === chosen)) list.value = chosen;
  button.disabled = hauls.length === 0;
  if (hauls.length === 0) said.textContent = words.no_flights;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  said.textContent = words.delaying;
  try {
    const answer = await fetch("/demo/delay", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ linehaul: list.value }),
    });
    const result = await answer.json();
    said.textContent = answer.ok ? result.told : words.failed;
  } catch {
    said.textContent = words.offline;
  }
  await load().catch(() => undefined);
  button.disabled = list.options.length === 0;
});

load().catch(() => { said.textContent = words.offline; });
