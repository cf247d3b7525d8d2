// The phone that tries the draft: a tap says which menu it belongs to, and the newest words stay in sight.
export default function tryPhone(phone) {
  const form = phone.querySelector("[data-say]"), said = phone.querySelector("#try-said");
  form.addEventListener("click", ({ target }) => {
    const option = target.closest("[name=opcion]");
    form.querySelector("[data-title]").value = option?.dataset.title ?? "";
    form.querySelector("[data-menu]").value = option?.dataset.menu ?? "";
  }, true);
  form.addEventListener("htmx:after:request", ({ detail }) => {
    if (detail.ctx.response?.status !== 200) return;
    form.querySelector("[data-text]").value = "";
    form.querySelector("[name=pasaron]").checked = false;
    form.querySelector("[data-text]").focus({ preventScroll: true });
  });
  new MutationObserver(() => said.scrollTo({ top: said.scrollHeight })).observe(said, { childList: true });
}
