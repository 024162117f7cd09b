import type { Certificate } from "../board/certificate.ts";
import { runBoard } from "../board/run.ts";
import type { Class } from "../class/class-file.ts";
import { classFolder } from "../class/labs.ts";
import { recordOf, withClassLock } from "../class/record.ts";
import { areComplete, keepTokens, readTokens, type Tokens } from "../class/tokens.ts";
import { interruption } from "../session/interrupt.ts";
import { chooseOutput } from "../ui/choose.ts";
import { print } from "../ui/print.ts";
import { openLabs } from "./board/labs.ts";
import { openClass } from "./class/shared.ts";

export interface BoardOptions {
  /** The class file; absent: class.yaml. */
  file?: string;
  listen: string;
  port: number;
}

/** Serves a class's pages until Ctrl-C. */
export async function board({ listen, port, ...options }: BoardOptions): Promise<void> {
  const signal = interruption();
  const { one } = await openClass(options);
  await recordOf(one);
  const labs = await openLabs(one);
  const tokens = await tokensOf(one);
  const { printError } = chooseOutput({ json: false });
  await runBoard({
    ...{ labs, tokens, listen, port, signal },
    folder: classFolder(one.name),
    ready: (link, certificate) => print(readyText(one, link, certificate)),
    report: printError,
  });
}

/** Made only if some are missing: a long `class up` holds the class's lock, and the board is of use meanwhile. */
async function tokensOf(one: Class): Promise<Tokens> {
  const now = new Date();
  const known = await readTokens(one.name);
  if (known && areComplete(known, one, now)) return known;
  return withClassLock(one.name, () => keepTokens(one, now));
}

const readyText = ({ name }: Class, link: string, certificate: Certificate | undefined): string =>
  [
    `The board of the class ${name}. Your page, which has each student's link:`,
    `    ${link}`,
    ...(certificate === undefined
      ? []
      : [
          "It has made its own certificate, which browsers warn of once. Compare the SHA-256 fingerprint:",
          `    ${certificate.fingerprint}`,
        ]),
    "Press Ctrl-C to stop. The labs go on without it.",
    "",
  ].join("\n");
