import { writeOwnFile } from "../../class/own-file.ts";
import { recordOf, withClassLock } from "../../class/record.ts";
import { keepTokens, linkOf } from "../../class/tokens.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { print, tell } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { cardOf, firstTask } from "./cards/card.ts";
import { cardsPage, isCards } from "./cards/page.ts";
import { type ClassOptions, openClass } from "./shared.ts";

export interface ClassCardsOptions extends ClassOptions {
  /** The address of the board, for a link on each card. */
  board?: string;
}

/**
 * Writes a printable page for each student into a file that only the user can read: it has their passwords. Changes no lab. Exits with
 * 1 if a lab that the class has made could not be asked.
 */
export async function classCards(file: string, { board, ...options }: ClassCardsOptions): Promise<void> {
  const address = board === undefined ? undefined : boardAddress(board);
  const { one, students } = await openClass(options);
  const record = await recordOf(one);
  const task = await firstTask(one);
  const tokens =
    address === undefined ? undefined : await withClassLock(one.name, () => keepTokens(one, new Date()));
  const linkTo = (student: string): string | undefined => {
    const token = tokens?.students[student];
    return address === undefined || token === undefined ? undefined : linkOf(address, token);
  };
  const made = await Promise.all(
    students.map((student) =>
      cardOf(one, student, { isMade: record.students.includes(student), link: linkTo(student) }),
    ),
  );
  const text = cardsPage({ className: one.name, task, cards: made.map(({ card }) => card) });
  await writeOwnFile({ file, text, isOwn: isCards, by: "labwright class cards" });
  print(`Wrote ${count(made.length, "card")} into ${file}, which only you can read: it has passwords.\n`);
  if (made.some(({ isFailed }) => isFailed)) process.exitCode = exitCode.failed;
  const warnings = made.flatMap(({ warning }) => warning ?? []);
  if (warnings.length > 0)
    tell(
      `${count(warnings.length, "card")} of ${made.length} without a way into a lab:\n${warnings.map((one) => `    ${one}\n`).join("")}Make the labs with \`labwright class up\`, then write the cards again.\n`,
    );
}

/** Throws `board-address` (exit code 2) unless it is the address of a page. */
function boardAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isPage = url?.protocol === "http:" || url?.protocol === "https:";
  const { username = "", search = "", hash = "" } = url ?? {};
  if (url && isPage && `${username}${search}${hash}` === "") return url.href;
  throw new LabwrightError({
    code: "board-address",
    message: `"${given}" is not the address of a board`,
    remedy:
      "For --board, write the address of the page that students open, such as https://192.168.1.5:8443/.",
    exit: exitCode.usage,
  });
}
