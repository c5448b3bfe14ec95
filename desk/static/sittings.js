// Registration by scanning: the field keeps the focus and is empty at once, what was scanned is sent one after the other.
// Without this file the forms send themselves and the page comes back with the cursor in the field.
(() => {
  const place = () => document.getElementById("registered");
  let waiting = Promise.resolve();
  const send = (action, body) => fetch(action, { method: "POST", body, headers: { "HX-Request": "true", Accept: "text/html" }, redirect: "error" })
    .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.text(); });
  document.addEventListener("submit", (e) => {
    const form = e.target.closest("form[data-scan]");
    if (!form) return;
    const typed = new URLSearchParams(new FormData(form, e.submitter));
    if (!(typed.get(form.dataset.scan) || "").trim()) return;
    e.preventDefault();
    const field = document.getElementById("who");
    if (form.dataset.scan === "who") field.value = "";
    if (field) field.focus();
    waiting = waiting.then(() => send(form.action, typed)).then((text) => {
      const read = new DOMParser().parseFromString(text, "text/html").getElementById("registered");
      place().replaceWith(document.adoptNode(read));
    }).catch(() => {
      // The desk does not answer, or asks to sign in: let the browser itself send the last word, so that nothing is lost unseen.
      if (form.dataset.scan === "who") field.value = typed.get("who");
      form.submit();
    });
  });
})();
