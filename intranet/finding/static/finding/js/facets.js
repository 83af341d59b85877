// A field that narrows a long list of choices down. Without it the whole list opens, as ever.
(() => {
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  document.querySelectorAll("[data-narrows-list]").forEach((part) => {
    const input = part.querySelector("input");
    const status = part.querySelector("[role=status]");
    const group = part.closest("fieldset");
    const rest = group.querySelector("details");
    const choices = [...group.querySelectorAll("li")];
    let wasOpen = rest ? rest.open : false;
    part.hidden = false;

    input.addEventListener("input", () => {
      const sought = fold(input.value.trim());
      if (rest) {
        if (sought && !rest.dataset.narrowed) wasOpen = rest.open;
        rest.dataset.narrowed = sought;
        rest.open = sought ? true : wasOpen;
      }
      choices.forEach((choice) => {
        const label = choice.querySelector(".choice__label");
        choice.hidden = !fold(label.textContent).includes(sought) && !choice.querySelector("input").checked;
      });
      const left = choices.filter((choice) => !choice.hidden).length;
      status.textContent = sought ? (left === 1 ? status.dataset.one : `${status.dataset.many} ${left}`) : "";
    });

    // Escape gives the whole list back, before it closes the choices.
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !input.value) return;
      event.preventDefault();
      input.value = "";
      input.dispatchEvent(new Event("input"));
    });
  });
})();
