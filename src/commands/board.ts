import { type ReadyBoard, runBoard } from "../board/run.ts";
import type { Class } from "../class/class-file.ts";
import { classFolder } from "../class/labs.ts";
import { recordOf, withClassLock } from "../class/record.ts";
import { areComplete, keepTokens, readTokens, type Tokens } from "../class/tokens.ts";
import { exitCode, LabwrightError } from "../errors.ts";
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
  /** For what labs serve; absent: the port after `port`. */
  pagePort?: number;
}

/** Serves a class's pages until Ctrl-C. */
export async function board({ listen, port, pagePort: given, ...options }: BoardOptions): Promise<void> {
  const pagePort = pagePortOf(port, given);
  const signal = interruption();
  const { one } = await openClass(options);
  await recordOf(one);
  const labs = await openLabs(one);
  const tokens = await tokensOf(one);
  const { printError } = chooseOutput({ json: false });
  await runBoard({
    ...{ labs, tokens, listen, port, pagePort, signal },
    folder: classFolder(one.name),
    ready: (ready) => print(readyText(one, ready)),
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

/** What labs serve is of another origin than the board, so it needs its own port. Throws `page-port` (exit code 2). */
function pagePortOf(port: number, pagePort = port + 1): number {
  if (pagePort !== port && pagePort <= 65_535) return pagePort;
  throw new LabwrightError({
    code: "page-port",
    message: `the pages of the labs cannot have port ${pagePort}${pagePort === port ? ", which is the board's" : ""}`,
    remedy: "Name another port for them with `--page-port`.",
    exit: exitCode.usage,
  });
}

const readyText = ({ name }: Class, { link, pages, certificate }: ReadyBoard): string =>
  [
    `The board of the class ${name}. Your page, which has each student's link:`,
    `    ${link}`,
    "It opens what the labs serve at a second port, which students must reach, too:",
    `    ${pages}`,
    ...(certificate === undefined
      ? []
      : [
          "It has made its own certificate, which browsers warn of once. Compare the SHA-256 fingerprint:",
          `    ${certificate.fingerprint}`,
        ]),
    "Press Ctrl-C to stop. The labs go on without it.",
    "",
  ].join("\n");
