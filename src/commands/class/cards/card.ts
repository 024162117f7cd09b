import type { Class } from "../../../class/class-file.ts";
import { labNameOf, labOptionsOf } from "../../../class/labs.ts";
import { clock } from "../../../class/times.ts";
import { LabwrightError } from "../../../errors.ts";
import { findExercise } from "../../../exercises/find.ts";
import { underTitle } from "../../../exercises/under-title.ts";
import { keptCredentials } from "../../../providers/credentials.ts";
import { enterBy } from "../../../providers/entrance-place.ts";
import { openSession } from "../../../session/session.ts";
import { markdown } from "../../../ui/markdown.ts";
import { sshCommand } from "./login.ts";
import type { Card, FirstTask } from "./page.ts";

/** A card, and what the instructor should know of it. */
export interface MadeCard {
  card: Card;
  warning?: string;
  /** Whether there should be a lab, and it could not be asked. */
  isFailed?: true;
}

/** A student's card, of what this computer and the provider know. Logs in to no machine. */
export async function cardOf(
  one: Class,
  student: string,
  { isMade, link }: { isMade: boolean; link: string | undefined },
): Promise<MadeCard> {
  const base = { student, display: one.displayNames?.get(student), lab: labNameOf(one, student), link };
  const without = (missing: string, warning: string): MadeCard => ({
    card: { ...base, accounts: [], missing },
    warning: `${student}: ${warning}`,
  });
  if (!isMade) return without("There is no lab for you yet.", "there is no lab yet");
  try {
    const { lab, provider } = await openSession(labOptionsOf(one, student));
    const [found, entrance] = await Promise.all([provider.list(), provider.entrance?.()]);
    if (found.length === 0) return without("There is no lab for you yet.", "there is no lab yet");
    const credentials = await keptCredentials(lab.name);
    const ssh = sshCommand(lab, found, { credentials, enter: enterBy(entrance) });
    const accounts = lab.machines.flatMap(({ name }) =>
      Object.entries(credentials[name] ?? {}).map(([user, password]) => ({ machine: name, user, password })),
    );
    const card = { ...base, ssh, accounts };
    if (ssh !== undefined) return { card };
    const missing = "The machine at which you begin does not exist yet.";
    return { card: { ...card, missing }, warning: `${student}: the lab is incomplete` };
  } catch (error) {
    if (!(error instanceof LabwrightError)) throw error;
    return { ...without("Ask your instructor how you log in.", error.message), isFailed: true };
  }
}

/** Lines of the first task on a card; the whole text is shown when it is started. */
const mostLines = 10;
const width = 58;

/** The class's first exercise for its cards; undefined if the class has none. Its text stays secret if it has a time to open. */
export async function firstTask(one: Class): Promise<FirstTask | undefined> {
  const [exercise] = one.exercises;
  const [student] = one.students;
  if (exercise === undefined || student === undefined) return undefined;
  const { artifacts } = await openSession(labOptionsOf(one, student));
  const { title, task } = await findExercise(one.labFile, exercise, artifacts);
  const opens = one.times?.get(exercise)?.opens;
  return opens ? { title, text: "", opens: clock(opens) } : { title, text: beginningOf(task, title) };
}

/** The first lines of a task, without a heading that repeats its title. */
export function beginningOf(task: string, title: string): string {
  const lines = markdown(underTitle(title, task), { width }).trim().split("\n");
  return lines.length > mostLines ? `${lines.slice(0, mostLines).join("\n").trimEnd()}\n…` : lines.join("\n");
}
