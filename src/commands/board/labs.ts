import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Activity, Listener } from "../../activity/activity.ts";
import { tellNow } from "../../activity/now.ts";
import { startRun } from "../../activity/tree.ts";
import { emptyStore } from "../../artifacts/lazy.ts";
import type { Labs, Note, Task } from "../../board/labs.ts";
import type { CommandLines } from "../../board/view.ts";
import { type Class, checkIntervalOf } from "../../class/class-file.ts";
import { extensionOf, historiesOf } from "../../class/history.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { recordOf } from "../../class/record.ts";
import { workOf, workStamp } from "../../class/work.ts";
import { LabwrightError } from "../../errors.ts";
import { findExercise } from "../../exercises/find.ts";
import { underTitle } from "../../exercises/under-title.ts";
import { openShell } from "../../hosts/shell.ts";
import { nginxNodePort } from "../../lab/ports.ts";
import { controlPlanesFirst, nodesOf } from "../../lab/roles.ts";
import { keptCredentials } from "../../providers/credentials.ts";
import { commandLine } from "../../session/command-line.ts";
import { assertOpen } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, readLab, type Session } from "../../session/session.ts";
import { markdown } from "../../ui/markdown.ts";
import { markdownNodes } from "../../ui/markdown-nodes.ts";
import { count } from "../../wording.ts";
import { entryMachine } from "../class/cards/login.ts";
import { extendTime, extensionWords } from "../class/extend.ts";
import { resetWhole } from "../class/reset.ts";
import { startUnlessStarted } from "../class/start.ts";
import { stateOf } from "../class/status.ts";
import { assertOpen as assertOfTime, closedWords } from "../class/times.ts";
import { checkInBackground } from "../exercise/background-check.ts";
import { checkOnce, summaryOf } from "../exercise/check.ts";
import { takeHint } from "../exercise/hint.ts";
import { openExercise } from "../exercise/shared.ts";
import { assertPausable, pauseLab } from "../pause.ts";
import { resetText } from "../reset/text.ts";
import { resumeLab } from "../resume.ts";
import { refillInBackground } from "../spare/background.ts";
import { studentAccess } from "./account.ts";
import { NodePorts } from "./node-ports.ts";
import { openSeat } from "./seat.ts";

/** A class's labs for its board. Throws if a file of the class, its lab or an exercise is wrong. */
export async function openLabs(one: Class): Promise<Labs> {
  const [first = ""] = one.students;
  const lab = await readLab(labOptionsOf(one, first));
  const tasks = await Promise.all(one.exercises.map((name) => taskOf(one, name)));

  async function openMadeSession(student: string): Promise<Session> {
    await assertMade(one, student);
    return openSession({ ...labOptionsOf(one, student), startsEngine: true });
  }

  async function openMadeExercise(student: string, exercise: string) {
    await assertMade(one, student);
    return openExercise(exercise, { ...labOptionsOf(one, student) });
  }

  const nodePorts = new NodePorts(async (student) => {
    const { lab, provider } = await openMadeSession(student);
    const found = await provider.list();
    return nodesOf(lab)
      .sort(controlPlanesFirst)
      .flatMap(({ name }) => found.find((node) => node.name === name && node.running && !node.paused) ?? []);
  });

  return {
    className: one.name,
    students: one.students,
    tasks,
    machines: lab.machines.map(({ name }) => name),
    work: (student) => workOf(one, student),
    stamp: (student) => workStamp(one, student),
    state: async (student) => ((await isMade(one, student)) ? stateOf(one, student) : "not made"),
    start: async (student, exercise, note) => {
      assertOfTime(one, exercise, new Date(), "Wait until then.");
      const opened = await openMadeExercise(student, exercise);
      const isNew = await noted(note, (activity) => startUnlessStarted(opened, activity));
      return isNew ? "Started." : "It was started already.";
    },
    check: async (student, exercise, note) => {
      const opened = await openMadeExercise(student, exercise);
      const checked = await noted(note, (activity) => checkOnce(opened, activity));
      const extended = extensionOf((await historiesOf(one, student)).get(exercise)?.flat());
      const closed = closedWords(one, exercise, new Date(), { extended });
      return [summaryOf({ name: exercise, hints: [] }, checked, {}), closed].join("\n").trimEnd();
    },
    checkEvery: checkIntervalOf(one),
    checkInBackground: async (student, exercise, signal) => {
      if (!(await isMade(one, student))) return;
      await checkInBackground(await openMadeExercise(student, exercise), signal);
    },
    hint: async (student, exercise) => {
      const opened = await openMadeExercise(student, exercise);
      const { next, state } = await takeHint(opened);
      if (next === "locked") return "The next hint is unlocked by a check that fails.";
      const of = opened.exercise.hints.length;
      if (next === "none") return of === 0 ? "This exercise has no hints." : "These are all hints.";
      return `Took hint ${state.hints} of ${of}.`;
    },
    extend: async (student, exercise, minutes) => {
      await assertMade(one, student);
      return extensionWords(await extendTime(one, student, exercise, minutes), new Date());
    },
    reset: async (student, note) => {
      const session = await openMadeSession(student);
      const done = await noted(note, (activity) => resetWhole(session, activity));
      const more = await refillInBackground(session, labOptionsOf(one, student));
      return [resetText(done), ...(more === undefined ? [] : [more])].join("\n");
    },
    pause: async (student, note) => {
      const session = await openMadeSession(student);
      assertPausable(session);
      const paused = await noted(note, (activity) => withLabLock(session, () => pauseLab(session, activity)));
      return paused.length === 0
        ? "The lab is paused already."
        : `Paused: ${count(paused.length, "machine")}.`;
    },
    resume: async (student, note) => {
      const session = await openMadeSession(student);
      const { paused, off } = await noted(note, (activity) =>
        withLabLock(session, () => resumeLab(session, activity)),
      );
      return `Resumed: ${count(paused + off, "machine")}.`;
    },
    shell: async (student, name, size) => {
      const session = await openMadeSession(student);
      const running = await runningMachine(session, name);
      if (!running) throw notRunning(name);
      assertOpen(running.found);
      return openShell(name, running.login, size, session.signal);
    },
    nodePort: nodesOf(lab).length === 0 ? undefined : nginxNodePort,
    connect: (student, port) => nodePorts.connect(student, port),
    seat: async (student, token, serve, signal) => {
      if (!(await isMade(one, student))) return undefined;
      const session = await openSession(labOptionsOf(one, student));
      // A command that stays behind is nothing for somebody's own host.
      if (session.provider.machinesStay) return undefined;
      const running = await runningMachine(session, entryMachine(session.lab)?.name);
      if (!running || running.found.paused) return undefined;
      const { name, access } = running.found;
      return openSeat({ name, access, account: running.login.user }, token, serve, { signal });
    },
    commands: (student) => commandsOf(one, student),
    close: () => nodePorts.close(),
  };
}

/** A machine that is running, and how its student logs in. */
async function runningMachine({ lab, provider }: Session, name: string | undefined) {
  const machine = lab.machines.find((wanted) => wanted.name === name);
  const found = (await provider.list()).find((wanted) => wanted.name === name);
  if (!machine || !found?.running) return undefined;
  const passwords = (await keptCredentials(lab.name))[machine.name];
  return { found, login: studentAccess(machine, found.access, passwords) };
}

async function taskOf(one: Class, name: string): Promise<Task> {
  const times = one.times?.get(name);
  const { title, points, timeLimit, hints, task, solution } = await findExercise(
    one.labFile,
    name,
    emptyStore,
  );
  return {
    ...{ exercise: name, title, points, hints, text: markdownNodes(underTitle(title, task)) },
    plain: { text: markdown(task), ...(solution !== undefined && { solution: markdown(solution) }) },
    ...(solution !== undefined && { solution: markdownNodes(solution) }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(times?.opens && { opens: times.opens.toISOString() }),
    ...(times?.closes && { closes: times.closes.toISOString() }),
  };
}

const isMade = async (one: Class, student: string): Promise<boolean> =>
  (await recordOf(one)).students.includes(student);

/** Somebody else's lab of that name is never worked on. */
async function assertMade(one: Class, student: string): Promise<void> {
  if (await isMade(one, student)) return;
  throw new LabwrightError({
    code: "class-not-made",
    message: `the class "${one.name}" has made no lab for ${student}`,
    remedy: "Make it with `labwright class up`.",
  });
}

/** Runs work that says what it does now. */
function noted<T>(note: Note, work: (activity: Activity) => Promise<T>): Promise<T> {
  const pass: Listener = (event) => {
    if (event.event === "note") note(event.text);
  };
  return startRun("board", [pass, tellNow(note)], work);
}

const exercise = "EXERCISE";

function commandsOf(one: Class, student: string): CommandLines {
  const { file, ...options }: LabOptions = labOptionsOf(one, student);
  // As somebody in the class's folder types it.
  const isDefault = file === resolve("lab.yaml") && existsSync("lab.yaml");
  const isClassDefault = one.file === resolve("class.yaml");
  const given = { ...options, ...(!isDefault && file !== undefined && { file }) };
  const ofClass = isClassDefault ? {} : { file: one.file };
  return {
    start: commandLine(ofClass, "class start", "--student", student, exercise),
    extend: commandLine(ofClass, "class extend", student, exercise, "--by", "MINUTES"),
    check: commandLine(given, "exercise check", exercise),
    hint: commandLine(given, "exercise hint", exercise),
    reset: commandLine(given, "reset"),
    pause: commandLine(given, "pause"),
    resume: commandLine(given, "resume"),
  };
}

const notRunning = (name: string): LabwrightError =>
  new LabwrightError({
    code: "machine-absent",
    message: `${name} is not running`,
    remedy: "Wait until it is back, or raise your hand.",
  });
