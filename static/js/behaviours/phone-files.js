// The phone page's files: a picked file is shown with room for a caption, and the microphone records a voice note.
const phone = document.querySelector("[data-phone]")
const LONGEST_MS = 120_000
let recorder = null
let startedAt = 0

phone.addEventListener("change", (event) => {
  const input = event.target.closest("[data-pick]")
  if (!input?.files.length) return
  const form = input.form
  for (const other of form.querySelectorAll("[data-pick]")) if (other !== input) other.value = ""
  form.querySelector("[data-picked-name]").textContent = input.files[0].name
  form.querySelector("[data-picked]").hidden = false
  form.querySelector("[data-caption]").hidden = input.dataset.pick !== "captioned"
  form.querySelector("[data-picked] [type=submit]").focus()
})

phone.addEventListener("click", (event) => {
  if (event.target.closest("[data-record]")) record()
  if (event.target.closest("[data-record-drop]")) stop(false)
  if (event.target.closest("[data-record-send]")) stop(true)
})

async function record() {
  let microphone
  try {
    microphone = await navigator.mediaDevices.getUserMedia({ audio: true })
  } catch {
    return say(phone.querySelector("[data-recorder]").dataset.denied)
  }
  const mimeType = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"].find((type) => MediaRecorder.isTypeSupported(type))
  const pieces = []
  recorder = new MediaRecorder(microphone, { mimeType })
  recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data))
  recorder.addEventListener("stop", () => {
    for (const track of microphone.getTracks()) track.stop()
    if (recorder.wanted) send(new Blob(pieces, { type: mimeType }))
    recorder = null
    show(false)
  })
  startedAt = Date.now()
  recorder.start()
  show(true)
}

function stop(wanted) {
  if (!recorder) return
  recorder.wanted = wanted
  recorder.stop()
}

function send(blob) {
  const form = phone.querySelector("[data-recorder]"), chosen = new DataTransfer()
  chosen.items.add(new File([blob], "voz", { type: blob.type }))
  form.elements.voz.files = chosen.files
  form.requestSubmit()
}

function show(recording) {
  phone.querySelector("[data-recording]").hidden = !recording
  phone.querySelector("[data-composer]").hidden = recording
  if (recording) phone.querySelector("[data-record-send]").focus()
  else phone.querySelector("[data-record]").focus()
  tick()
}

function tick() {
  if (!recorder) return
  const seconds = Math.floor((Date.now() - startedAt) / 1_000)
  phone.querySelector("[data-record-time]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
  if (Date.now() - startedAt > LONGEST_MS) stop(true)
  else setTimeout(tick, 250)
}

function say(words) {
  const toast = document.createElement("p")
  toast.className = "toast toast__text"
  toast.textContent = words
  document.getElementById("toasts").replaceChildren(toast)
}
