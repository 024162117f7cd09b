import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { step } from "../step.ts";

/** The time limit of the command in seconds, and how many bytes of its output are compared. */
const limits = { seconds: 10, bytes: 65_536 };

const isPattern = (text: string): boolean => {
  try {
    return Boolean(new RegExp(text, "m"));
  } catch {
    return false;
  }
};

export const commandPrints = step({
  summary:
    "Expects a command, run as root with labwright's own environment, to print a text or something that matches a pattern.",
  params: z
    .strictObject({
      command: z
        .array(z.string().regex(/^[^\0]*$/, "a text without NUL is expected"))
        .min(1)
        .describe("The command and its arguments, each as a separate item; no shell reads them."),
      prints: z
        .string()
        .optional()
        .describe("All that the command has to print on standard output, without blanks around it."),
      matches: z
        .string()
        .refine(isPattern, "a JavaScript regular expression is expected")
        .optional()
        .describe(
          "A regular expression that has to match somewhere in the output; `^` and `$` are the ends of a line.",
        ),
    })
    .refine(
      ({ prints, matches }) => (prints === undefined) !== (matches === undefined),
      "either `prints` or `matches` is expected",
    ),
  example: { command: ["systemctl", "is-active", "nginx"], prints: "active" },

  probe: ({ command }) => ({
    output: sh`timeout --kill-after 1 ${limits.seconds} ${command} </dev/null | head -c ${limits.bytes}`,
  }),

  check: ({ output }, { command, prints, matches }, { machine }) => {
    const text = output.stdout.trim();
    const isRight = matches === undefined ? text === prints?.trim() : new RegExp(matches, "m").test(text);
    if (isRight) return [];
    const seen = text === "" ? (lastLine(output.stderr) ?? "nothing") : shortened(text);
    const expected = matches === undefined ? shortened(prints ?? "") : `something that matches ${matches}`;
    return [`on ${machine.name}, \`${command.join(" ")}\` prints ${seen}, ${expected} expected`];
  },
});

const shortened = (text: string): string =>
  JSON.stringify(text.length > 200 ? `${text.slice(0, 199)}…` : text);

const lastLine = (text: string): string | undefined => text.trim().split("\n").at(-1) || undefined;
