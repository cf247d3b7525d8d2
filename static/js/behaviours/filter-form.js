// Filters take effect when one is chosen, words on Enter; what is empty stays out of the address.
export default function filterForm(form) {
  form.addEventListener("change", ({ target }) => { if (!target.matches("[type=search], [type=text]")) form.requestSubmit(); });
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
}
