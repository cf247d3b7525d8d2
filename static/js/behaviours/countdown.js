// How long Meta still lets us write freely.
const EVERY_MS = 30_000;

export default function countdown(element) {
  const show = () => {
    const ahead = Date.parse(document.body.dataset.now) - performance.timeOrigin;
    const minutes = Math.floor((Date.parse(element.dataset.left) - Date.now() - ahead) / 60_000);
    const words = minutes < 60 ? element.dataset.minutes : element.dataset.hours;
    element.textContent = minutes > 0 ? words.replace("#h", Math.floor(minutes / 60)).replace("#m", minutes % 60) : "";
  };
  const timer = setInterval(() => (element.isConnected ? show() : clearInterval(timer)), EVERY_MS);
  show();
}
