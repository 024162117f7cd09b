/** Whether a page that watches a terminal may type there. */
export type Control = "none" | "asked" | "given";

/** Which of the pages that watch a terminal types there too: one at most, and only if the student has allowed it. */
export class Takeover<Page> {
  #page: Page | undefined;
  #control: Control = "none";

  get control(): Control {
    return this.#control;
  }

  /** As one of the pages sees it: `other` if another page asks, or types. */
  controlOf(page: Page): Control | "other" {
    if (this.#page === undefined) return "none";
    return this.#page === page ? this.#control : "other";
  }

  /** A page asks for it. All that changes something returns whether it did. */
  ask(page: Page): boolean {
    return this.#page === undefined && this.#set("asked", page);
  }

  /** The student allows it; or refuses it, or ends it. */
  answer(isAllowed: boolean): boolean {
    if (!isAllowed) return this.#set("none", undefined);
    return this.#control === "asked" && this.#set("given", this.#page);
  }

  /** A page ends it. */
  end(page: Page): boolean {
    return this.#page === page && this.#set("none", undefined);
  }

  mayType(page: Page): boolean {
    return this.controlOf(page) === "given";
  }

  #set(control: Control, page: Page | undefined): boolean {
    const isChange = control !== this.#control;
    this.#control = control;
    this.#page = page;
    return isChange;
  }
}
