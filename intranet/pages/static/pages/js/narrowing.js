// A field that narrows a long list of choices down. Without it the whole list is there, as ever.
(() => {
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  document.querySelectorAll("[data-narrows-list]").forEach((part) => {
    const input = part.querySelector("input");
    const status = part.querySelector("[role=status]");
    const group = part.parentElement;
    const rest = group.querySelector("details");
    const choices = [...group.querySelectorAll("input[type=checkbox]")].map((box) => {
      const row = box.closest("li") ?? box.closest("label").parentElement;
      return { box, row, words: fold((row.querySelector(".choice__label") ?? row).textContent) };
    });
    let wasOpen = rest ? rest.open : false;
    part.hidden = false;

    input.addEventListener("input", () => {
      const sought = fold(input.value.trim());
      if (rest) {
        if (sought && !rest.dataset.narrowed) wasOpen = rest.open;
        rest.dataset.narrowed = sought;
        rest.open = sought ? true : wasOpen;
      }
      choices.forEach(({ box, row, words }) => {
        row.hidden = !words.includes(sought) && !box.checked;
      });
      const left = choices.filter(({ row }) => !row.hidden).length;
      status.textContent = sought ? (left === 1 ? status.dataset.one : `${status.dataset.many} ${left}`) : "";
    });

    input.addEventListener("keydown", (event) => {
      // Enter would send the form around the list, half filled in.
      if (event.key === "Enter") event.preventDefault();
      // Escape gives the whole list back, before it closes the choices.
      if (event.key !== "Escape" || !input.value) return;
      event.preventDefault();
      input.value = "";
      input.dispatchEvent(new Event("input"));
    });
  });
})();
