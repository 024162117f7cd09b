import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noBaseline, readBaseline } from "../../../baseline/baseline.ts";
import { fetchFiles } from "../../../baseline/contents.ts";
import { boardFolder, readKept } from "../../../board/kept.ts";
import type { Class } from "../../../class/class-file.ts";
import { exportOf, exportText } from "../../../class/export.ts";
import { prepareFolder, stateFile, writeStudentFolder } from "../../../class/export-folder.ts";
import { gradesOf } from "../../../class/gradebook.ts";
import { classFolder } from "../../../class/labs.ts";
import { LabwrightError, messageOf } from "../../../errors.ts";
import { setName } from "../../../lab/machine-set.ts";
import { type ConnectedInventory, connectInventory } from "../../../session/inventory.ts";
import { look } from "../../../session/look.ts";
import { type Session, show } from "../../../session/session.ts";
import { print } from "../../../ui/print.ts";
import { count, listed } from "../../../wording.ts";
import { eachStudent, resultsOf, tellFailures } from "../each.ts";
import { type ClassOptions, openMade } from "../shared.ts";
import { changesText, chosenFiles, ofStudent, withContents } from "./lab-state.ts";

/** Files that are fetched at once: of a mebibyte each, they stay under what a command may print. */
const batch = 64;

/**
 * Writes a folder for each student: grades, what differs from the baseline in the lab, and the files that do. The folder that
 * an export has written for a student before is not changed. Changes nothing in the labs. Throws `folder-unwritable` (exit code 2).
 */
export async function exportLabs(folder: string, options: ClassOptions): Promise<void> {
  const { one, students } = await openMade(options);
  await prepareFolder(folder);
  const kept = await readKept(boardFolder(classFolder(one.name)));
  const { result: outcomes } = await show(
    `class export ${one.name}`,
    { ...options, quiet: true },
    (activity) =>
      eachStudent(one, students, activity, {
        title: "export",
        jobs: options.jobs,
        outcome: (isNew) => (isNew ? "changed" : "ok"),
        run: (session, inner, student) => {
          inner.note("looking at its machines");
          const agreed = kept[student]?.agreed !== undefined;
          return writeStudentFolder(folder, student, (to) =>
            exportLab({ one, student, session, agreed }, to),
          );
        },
      }),
  );
  const results = resultsOf(outcomes);
  const written = results.filter(({ result }) => result).length;
  const before = results.filter(({ result }) => !result);
  if (written > 0) print(`Wrote the results and labs of ${count(written, "student")} into ${folder}.\n`);
  if (before.length > 0)
    print(
      `Written before, and left as they are: ${listed(before.map(({ student }) => student))}. To export them again, name another folder.\n`,
    );
  tellFailures(outcomes);
}

interface LabExport {
  one: Class;
  student: string;
  session: Session;
  /** Whether the student agreed that what was typed is kept. */
  agreed: boolean;
}

async function exportLab({ one, student, session, agreed }: LabExport, folder: string): Promise<void> {
  const { lab, provider, signal } = session;
  const baseline = await readBaseline(setName(lab));
  if (!baseline) throw noBaseline(lab.name);
  const inventory = await connectInventory(lab, provider, signal);
  try {
    if (inventory.found.some(({ paused }) => paused)) throw frozen(student);
    const machines = lab.machines.map(({ name }) => name);
    const seen = ofStudent(await look(inventory, baseline, machines));
    const chosen = chosenFiles(seen, agreed);
    await Promise.all(
      [...chosen.files].map(([machine, names]) =>
        copyFiles(inventory, machine, names, join(folder, machine)),
      ),
    );
    const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
    await write("grades.json", exportText(exportOf(one, await gradesOf(one, [student])), "json"));
    await write("changes.txt", changesText(seen, chosen, baseline.recorded));
    const state = {
      ...{ kind: "labwright class export", class: one.name, student, lab: lab.name },
      ...{ at: new Date().toISOString(), baseline: baseline.recorded, commands: agreed },
      ...{ differences: withContents(seen), unseen: seen.blind },
    };
    await write(stateFile, `${JSON.stringify(state, undefined, 2)}\n`);
  } finally {
    await inventory.close();
  }
}

async function copyFiles(
  inventory: ConnectedInventory,
  machine: string,
  names: readonly string[],
  folder: string,
): Promise<void> {
  for (let at = 0; at < names.length; at += batch) {
    const some = names.slice(at, at + batch);
    await fetchFiles(inventory, machine, some, (path) => join(folder, path)).catch((cause: unknown) => {
      throw cause instanceof LabwrightError ? cause : unreadable(machine, cause);
    });
  }
}

const frozen = (student: string): LabwrightError =>
  new LabwrightError({
    code: "lab-paused",
    message: "the lab is paused, and cannot be looked at",
    remedy: `Run \`labwright class resume --student ${student}\`, then export again.`,
  });

const unreadable = (machine: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "files-unreadable",
    message: `${machine} sent files that could not be unpacked: ${messageOf(cause)}`,
    remedy: "Run the command again. If it fails again, the machine's `tar` is damaged: reset the lab.",
    cause,
  });
