// The phone page: Enter sends, sheets open and close, answering a message; everything else is HTML.
const phone = document.querySelector("[data-phone]")
const sheet = phone.querySelector("[data-sheet]")
const behind = phone.querySelectorAll("[data-behind-sheet]")
let cameFrom = null

// htmx may have looked at the page before its extension for streams was loaded: then the stream is not alive yet.
const stream = document.getElementById("phone-stream")
if (!("htmxPowered" in stream.dataset)) htmx.process(stream)

phone.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("[data-text]")) {
    event.preventDefault()
    event.target.form.requestSubmit()
  }
  if (event.key === "Escape") {
    closeSheet()
    stopAnswering()
  }
})

phone.addEventListener("click", (event) => {
  const quote = event.target.closest("[data-quote]")
  if (quote) answer(quote.dataset.quote, quote.dataset.quoteText)
  if (event.target === sheet || event.target.closest("[data-close-sheet]")) closeSheet()
  if (event.target.closest("[data-answering-drop]")) stopAnswering()
})

document.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx.target === sheet) cameFrom = document.activeElement
})

document.addEventListener("htmx:after:swap", () => {
  const dialog = sheet.firstElementChild
  behind.forEach((part) => { part.inert = Boolean(dialog) })
  if (dialog && !dialog.contains(document.activeElement)) dialog.querySelector("button").focus()
})

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail
  if (!ctx.response?.raw?.ok) return
  if (ctx.request.method !== "GET") phone.querySelector("[data-scroll]").scrollTop = 0
  if (ctx.sourceElement.matches("[data-composer]")) written(ctx.sourceElement)
  if (ctx.sourceElement.closest("[data-closes-sheet]") && !ctx.sourceElement.matches("[data-quote]")) closeSheet()
})

function written(form) {
  form.reset()
  stopAnswering()
}

function answer(wamid, text) {
  const form = composer()
  form.querySelector("[data-quoted]").value = wamid
  form.querySelector("[data-answering-text]").textContent = text
  form.querySelector("[data-answering]").hidden = false
  closeSheet()
  form.querySelector("[data-text]").focus()
}

function stopAnswering() {
  const form = composer()
  form.querySelector("[data-quoted]").value = ""
  form.querySelector("[data-answering]").hidden = true
}

function closeSheet() {
  if (!sheet.firstElementChild) return
  sheet.replaceChildren()
  behind.forEach((part) => { part.inert = false })
  if (cameFrom?.isConnected) cameFrom.focus()
  else composer().querySelector("[data-text]").focus()
}

function composer() {
  return phone.querySelector("[data-composer]")
}
