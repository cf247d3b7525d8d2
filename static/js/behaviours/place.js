// Fills the field of a place with where this computer or phone is, where the browser can tell that.
const PATIENCE_MS = 15_000, DIGITS = 6;

export default function place(button) {
  if (!navigator.geolocation || !window.isSecureContext) return;
  const field = button.form.elements.lugar;
  const ask = () => new Promise((found, failed) =>
    navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: PATIENCE_MS }));
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { coords } = await ask();
      field.setCustomValidity("");
      field.value = `${coords.latitude.toFixed(DIGITS)}, ${coords.longitude.toFixed(DIGITS)}`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      field.setCustomValidity(button.dataset.denied);
      field.reportValidity();
    }
    button.disabled = false;
  });
  field.addEventListener("input", () => field.setCustomValidity(""));
}
