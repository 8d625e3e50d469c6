/* Small comforts; every page works without them. */
(() => {
  "use strict";

  // A form is sent once: a second press while the first is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => form.querySelectorAll("button:not([name])").forEach((button) => (button.disabled = true)), 0);
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button:not([name])").forEach((button) => (button.disabled = false));
    });
  });

  // Ask before something that cannot be undone.
  const ask = document.getElementById("ask");
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (!question || form.dataset.agreed || !ask) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask.querySelector("#ask-text").textContent = question;
    ask.returnValue = "no";
    ask.addEventListener("close", () => {
      if (ask.returnValue !== "yes") return;
      form.dataset.agreed = "1";
      form.requestSubmit(button);
      delete form.dataset.agreed;
    }, { once: true });
    ask.showModal();
  }, true);

  // Windows over the page: opened by their button, closed by Escape, their cross, or a press beside them.
  document.addEventListener("click", (event) => {
    const opens = event.target.closest?.("[data-dialog]");
    if (opens) {
      const dialog = document.getElementById(opens.dataset.dialog);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    } else if (event.target.matches?.("dialog.dialog")) {
      event.target.close("no");
    }
  });

  // Toasts close in place; by themselves after a while, unless somebody is at them.
  document.addEventListener("click", (event) => {
    const cross = event.target.closest?.("[data-close]");
    if (!cross) return;
    event.preventDefault();
    cross.closest(".toast").remove();
  });
  document.querySelectorAll(".toast").forEach((toast) => {
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
    setTimeout(leave, 10000);
  });

  // The summary of problems takes the focus, so that it is read first.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // Open menus close by Escape and by a press elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // What was folded open stays so when a list brings new counts.
  let unfolded = [];
  let folded = [];
  document.addEventListener("htmx:beforeSwap", () => {
    const listed = [...document.querySelectorAll("details[id]")];
    unfolded = listed.filter((one) => one.open).map((one) => one.id);
    folded = listed.filter((one) => !one.open).map((one) => one.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    const set = (open) => (id) => {
      const one = document.getElementById(id);
      if (one) one.open = open;
    };
    unfolded.forEach(set(true));
    folded.forEach(set(false));
  });

  // A long list of values follows what is typed above it, and nothing is asked of the server.
  document.addEventListener("input", (event) => {
    const list = document.querySelector(event.target.dataset?.narrows || null);
    if (!list) return;
    const words = event.target.value.toLowerCase().split(/\s+/);
    [...list.children].forEach((one) => {
      one.hidden = !words.every((word) => one.textContent.toLowerCase().includes(word));
    });
  });
  document.addEventListener("change", (event) => event.target.dataset?.narrows && event.stopPropagation(), true);

  // An explanation that is in the way goes by Escape.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(".fact").forEach((fact) => fact.classList.add("fact--quiet"));
  });
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => event.target.closest?.(".fact")?.classList.remove("fact--quiet"));
  }

  // On a phone a row of tabs is wider than the screen: the present one is shown.
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // A new account begins with the browser's time zone.
  const zone = document.querySelector("select[data-zone]");
  if (zone && !summary) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...zone.options].some((option) => option.value === own)) zone.value = own;
  }

  // A file that is too large is said so before it travels.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.dataset.tooLarge) return;
    let said = input.parentElement.querySelector(".field__error[data-own]");
    const over = input.files[0] && input.files[0].size > Number(input.dataset.most);
    if (over) input.value = "";
    if (over && !said) {
      said = document.createElement("p");
      said.className = "field__error";
      said.dataset.own = "";
      said.setAttribute("role", "alert");
      input.before(said);
    }
    if (said) said.textContent = over ? input.dataset.tooLarge : "";
  });

  // Long conversations begin at their end.
  const log = document.querySelector("[data-scroll-end]");
  if (log) log.scrollTop = log.scrollHeight;
})();
