(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = document.querySelector("form.filters");
  const rows = all("details.requirement");
  const said = document.getElementById("said");

  /* Parts that are compressed inside the page. */
  const packs = all("script[data-first]").map((script) => ({
    script, first: Number(script.dataset.first), count: Number(script.dataset.count), pieces: null,
  }));

  async function unpack(script) {
    const bytes = Uint8Array.from(atob(script.textContent), (each) => each.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  async function piece(number) {
    const pack = packs.find((each) => number >= each.first && number < each.first + each.count);
    pack.pieces ??= unpack(pack.script);
    return (await pack.pieces)[number - pack.first];
  }

  async function fill(details) {
    const slot = details.querySelector(":scope > [data-part]");
    if (!slot) return;
    const number = Number(slot.dataset.part);
    delete slot.dataset.part;
    const template = document.createElement("template");
    template.innerHTML = await piece(number);
    slot.replaceChildren(template.content);
  }

  document.addEventListener("toggle", (event) => {
    if (event.target.open) fill(event.target);
  }, true);

  /* Filters and search. */
  const texts = new Map();
  function text(row) {
    if (!texts.has(row)) texts.set(row, all("summary", row).map((each) => each.textContent).join("\n").toLowerCase());
    return texts.get(row);
  }

  function checked(name) {
    return new Set(all(`input[name=${name}]:checked`, form).map((each) => each.value));
  }

  function filter() {
    const verdicts = checked("verdict");
    const levels = checked("level");
    const operation = form.elements.operation.value;
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const operations = row.dataset.operations.split(" ");
      const fits = verdicts.has(row.dataset.verdict) && levels.has(row.dataset.level)
        && (!operation || operations.includes("*") || operations.includes(operation))
        && words.every((word) => text(row).includes(word));
      row.hidden = !fits;
      count += fits;
    }
    for (const family of all("section.family")) family.hidden = !family.querySelector("details.requirement:not([hidden])");
    document.querySelector("p.none").hidden = count > 0;
    form.elements.shown.value = `${count} of ${rows.length} requirements`;
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.querySelector(".open-failed").addEventListener("click", () => {
    const failed = rows.filter((row) => row.dataset.verdict === "failed" && !row.hidden);
    const open = failed.some((row) => !row.open);
    for (const row of failed) row.open = open;
    said.textContent = `${failed.length} failures ${open ? "opened" : "closed"}`;
  });

  /* A link to a requirement or to a finding opens it, whatever the filters hide. */
  async function visit() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { return; }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest("[hidden]")) { form.reset(); filter(); }
    for (let each = target; each; each = each.parentElement) if (each.matches("details")) { each.open = true; await fill(each); }
    target.scrollIntoView();
    /* The browser has focused any other target itself, and a reader may have gone on from there. */
    target.querySelector(":scope > summary")?.focus({ preventScroll: true });
  }

  window.addEventListener("hashchange", visit);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) visit();
  });

  /* Copying. */
  async function copy(words) {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = words;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const done = await copy(button.parentElement.querySelector("code").textContent);
    button.textContent = done ? "Copied" : "Select and copy it by hand";
    said.textContent = done ? "Copied" : "The browser did not copy";
    button.focus();
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  /* On paper a failure is open. */
  let printed = [];
  window.addEventListener("beforeprint", () => {
    printed = rows.filter((row) => row.dataset.verdict === "failed" && !row.hidden && !row.open);
    for (const row of printed) row.open = true;
  });
  window.addEventListener("afterprint", () => { for (const row of printed) row.open = false; });

  /* The browser takes the focus away when it has loaded a page with a fragment. */
  window.addEventListener("load", () => setTimeout(visit));
})();
