// Files of a rule: what was chosen goes up as it is, and the line that the server answers with joins the form.
function say(row, words) {
  const place = row.querySelector("[data-upload-error]");
  place.textContent = words;
  place.hidden = !words;
}

function token() {
  const told = [...document.body.attributes].find(({ name }) => name.startsWith("hx-headers"));
  return JSON.parse(told.value)["X-CSRF-Token"];
}

function changed(row) {
  row.querySelector(".rule-form__fields").dispatchEvent(new Event("input", { bubbles: true }));
}

async function upload(row, input, file) {
  const address = `${input.dataset.upload}&nombre=${encodeURIComponent(file.name)}`;
  const headers = { "X-CSRF-Token": token(), "HX-Request": "true", "Content-Type": file.type || "application/octet-stream" };
  const answer = await fetch(address, { method: "POST", body: file, headers }).catch(() => null);
  if (answer?.status !== 201) {
    const told = await answer?.json().catch(() => null);
    return say(row, told?.message ?? (answer ? document.body.dataset.failed : document.body.dataset.offline));
  }
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  const line = made.content.firstElementChild;
  document.getElementById(input.dataset.into).append(line);
  htmx.process(line);
}

export default function ruleFiles(row) {
  row.addEventListener("change", async ({ target }) => {
    if (!target.matches("[data-upload]")) return;
    say(row, "");
    target.closest("label").ariaBusy = "true";
    for (const file of target.files) await upload(row, target, file);
    target.closest("label").ariaBusy = null;
    target.value = "";
    changed(row);
  });
  row.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-remove-media]")) return;
    target.closest("[data-media]").remove();
    changed(row);
  });
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-address]")) return;
    event.preventDefault();
    row.querySelector("[data-add-address]").click();
  });
  row.addEventListener("htmx:after:request", ({ target, detail }) => {
    if (!target.matches("[data-add-address]") || detail.ctx.response?.status !== 200) return;
    row.querySelector("[data-address]").value = "";
    changed(row);
  });
}
