// Suggestions under a search field while one types: a combobox with a list of titles (ARIA Authoring Practices).
// Without it the field is what it was: Enter searches.
(() => {
  const WAIT_MS = 180;
  const SHORTEST = 2;

  document.querySelectorAll("input[data-suggest]").forEach((input) => {
    const words = input.dataset;
    const list = document.createElement("ul");
    const status = document.createElement("p");
    let timer, asked, active = -1;

    list.id = `${input.id}-suggestions`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.suggestLabel);
    list.hidden = true;
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    input.parentElement.classList.add("has-suggestions");
    input.parentElement.append(list, status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    close();

    function close() {
      clearTimeout(timer);
      asked?.abort();
      list.hidden = true;
      list.replaceChildren();
      status.textContent = "";
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function choose(index) {
      list.children[active]?.removeAttribute("aria-selected");
      active = index;
      const option = list.children[active];
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    }

    function show(suggestions) {
      list.replaceChildren(...suggestions.map((suggestion, index) => {
        const option = document.createElement("li");
        const kind = document.createElement("span");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.dataset.url = suggestion.url;
        kind.textContent = suggestion.kind_label;
        option.append(suggestion.title, " ", kind);
        return option;
      }));
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = !suggestions.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      status.textContent = suggestions.length === 1 ? words.suggestOne : suggestions.length ? `${words.suggestMany} ${suggestions.length}` : "";
    }

    async function ask() {
      asked?.abort();
      asked = new AbortController();
      const { signal } = asked;
      const typed = input.value.trim();
      try {
        const answer = await fetch(`${words.suggest}&q=${encodeURIComponent(typed)}`, { signal });
        const found = answer.ok ? (await answer.json()).suggestions : [];
        if (!signal.aborted && document.activeElement === input) show(found);
      } catch {
        // Typed on, or no network: the next key asks again.
      }
    }

    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (input.value.trim().length < SHORTEST) return close();
      if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
    });

    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown") choose(active === last ? -1 : active + 1);
      else if (event.key === "ArrowUp") choose(active === -1 ? last : active - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && active >= 0) window.location.assign(list.children[active].dataset.url);
      else return;
      event.preventDefault();
    });

    // The field keeps the focus while the mouse chooses.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) window.location.assign(option.dataset.url);
    });
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", close);
  });
})();
