/** A value that goes into a command unchanged but is shown as `***` wherever commands are shown. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }
}

/** A command line for a POSIX sh, made only by the `sh` template, so that every value in it is quoted. */
export class Command {
  readonly #text: string;
  readonly #secrets: readonly string[];
  /** The command for display: secrets are `***`. */
  readonly shown: string;

  private constructor(text: string, shown: string, secrets: readonly string[]) {
    this.#text = text;
    this.shown = shown;
    this.#secrets = secrets;
  }

  /** The text that a shell runs, secrets included. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return this.shown;
  }

  toJSON(): string {
    return this.shown;
  }

  /** A text for display: this command's secrets in it, quoted or not, are `***`. */
  mask(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }

  /** Only `sh` and `lines` call this. */
  static of(text: string, shown: string, secrets: readonly string[] = []): Command {
    return new Command(text, shown, secrets);
  }

  static secretsOf(command: Command): readonly string[] {
    return command.#secrets;
  }
}

type Value = string | number | Secret | Command | readonly (string | number)[];

const plain = /^[A-Za-z0-9_\-.,:/@%+=]+$/;

/** One word for a POSIX sh (dash, ash, bash); never `$'…'`, which dash does not know. */
export function quoted(word: string): string {
  if (word.includes("\0")) throw new TypeError("a command's word cannot contain a NUL byte");
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function inserted(value: Value, show: boolean): string {
  if (value instanceof Command) return show ? value.shown : value.reveal();
  if (value instanceof Secret) return show ? "***" : quoted(value.reveal());
  if (typeof value === "object") return value.map((word) => quoted(String(word))).join(" ");
  return quoted(String(value));
}

function secretsIn(value: Value): readonly string[] {
  if (value instanceof Command) return Command.secretsOf(value);
  if (!(value instanceof Secret) || value.reveal() === "") return [];
  return [quoted(value.reveal()), value.reveal()];
}

/**
 * Builds a command: the template's own text is shell, every value put into it is quoted as one word
 * (a list as one word each), and commands nest. `sh\`docker network rm ${name}\``.
 */
export function sh(strings: TemplateStringsArray, ...values: Value[]): Command {
  const build = (show: boolean) =>
    strings.raw.reduce((text, part, i) => text + inserted(values[i - 1] ?? "", show) + part);
  return Command.of(build(false), build(true), values.flatMap(secretsIn));
}

/** Joins commands with newlines, so that they run one after the other. */
export const lines = (commands: readonly Command[]): Command =>
  Command.of(
    commands.map((c) => c.reveal()).join("\n"),
    commands.map((c) => c.shown).join("\n"),
    commands.flatMap((c) => Command.secretsOf(c)),
  );
