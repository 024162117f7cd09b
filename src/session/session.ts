import { existsSync } from "node:fs";
import type { Activity, Event, Listener } from "../activity/activity.ts";
import { startRun } from "../activity/tree.ts";
import { type ArtifactStore, lazily } from "../artifacts/lazy.ts";
import { openArtifacts } from "../artifacts/open.ts";
import { type Graph, graphOf } from "../engine/graph.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { interrupted, interruptionIn } from "../interruption.ts";
import { loadLab } from "../lab/load.ts";
import { liveSet } from "../lab/machine-set.ts";
import type { Lab } from "../lab/types.ts";
import { knownPlaybooks, loadPlays, playbooksOf } from "../playbooks/load.ts";
import { loginUsers, openProvider } from "../providers/registry.ts";
import type { Prompter, Provider } from "../providers/types.ts";
import { chooseOutput } from "../ui/choose.ts";
import { interruptedText } from "../ui/interrupted.ts";
import { tell } from "../ui/print.ts";
import { askSecret, canAsk } from "../ui/secret.ts";
import { interruption, toldBy } from "./interrupt.ts";
import { proxiesOf } from "./proxies.ts";
import { sourceRequest } from "./source.ts";

export interface LabOptions {
  /** The lab file. */
  file?: string;
  /** Replaces the lab file's name, so that one file describes several labs. */
  name?: string;
  /** Replaces the lab file's provider. */
  provider?: string;
  /** Replaces the lab file's release of Kubernetes. */
  version?: string;
  /** The file with sudo's passwords for hosts that exist already: one password, or one for each machine. */
  sudoPasswordFile?: string;
  json?: boolean;
}

/** For commands that restore hosts. */
export interface ForgetOptions {
  /** Hosts that are gone for good, so that nothing on them is restored. */
  forget?: readonly string[];
}

/** For commands that ask before they lose or change something. */
export interface ConfirmedOptions extends LabOptions {
  /** Replaces the question on a terminal. */
  yes?: boolean;
}

/** For commands that change machines. */
export interface EngineOptions {
  /** Whether labwright's own engine is started again after a restart of the computer. */
  startsEngine?: boolean;
}

/** A valid lab file, and all that commands do with it. */
export interface Session {
  lab: Lab;
  /** Whether the lab's set of machines is a spare: nothing on this computer leads to it. */
  isSpare?: boolean;
  /** The lab file's path. */
  file: string;
  graph: Graph;
  provider: Provider;
  artifacts: ArtifactStore;
  signal: AbortSignal;
}

/** Reads the lab file and everything that it names; connects to nothing and writes nothing before that is valid. */
export async function openSession(
  options: LabOptions & ForgetOptions & EngineOptions,
  signal: AbortSignal = interruption(),
): Promise<Session> {
  const fromFile = await readLab(options);
  const lab = { ...fromFile, proxies: await proxiesOf(fromFile.name) };
  const artifacts = lazily(() =>
    openArtifacts({
      ...sourceRequest(lab),
      unattended: Boolean(process.env.CI),
      warn,
      signal,
    }),
  );
  const graph = graphOf(lab, await loadPlays(playbooksOf(lab.playbooks), artifacts));
  const provider = await openProvider(lab, personAt(options));
  return { lab, file: labFile(options), graph, provider, artifacts, signal };
}

/** The lab of the options' lab file, with the set of machines that people work with. Throws the file's errors. */
export async function readLab(options: LabOptions): Promise<Lab> {
  const lab = await loadLab(labFile(options), {
    knownPlaybooks: await knownPlaybooks(),
    loginUsers,
    ...sourceFrom(process.env),
    ...options,
  });
  return { ...lab, set: await liveSet(lab.name) };
}

/** Replaces `source: auto` in every lab file, for CI jobs. */
export const sourceFrom = ({ LABWRIGHT_SOURCE: source }: NodeJS.ProcessEnv): { source?: string } =>
  source ? { source } : {};

const warn = (text: string): void => {
  tell(`labwright: ${text}\n`);
};

const personAt = ({
  sudoPasswordFile,
  forget,
  startsEngine = false,
}: LabOptions & ForgetOptions & EngineOptions): Prompter => ({
  startsEngine,
  ...(forget !== undefined && forget.length > 0 && { forget }),
  ...(sudoPasswordFile !== undefined && { sudoPasswordFile }),
  ...(canAsk() && { askSecret }),
  warn,
});

/** The lab file that a command works on. Throws (exit code 2) if there is none. */
export function labFile({ file }: LabOptions): string {
  if (file !== undefined) return file;
  if (existsSync("lab.yaml")) return "lab.yaml";
  throw new LabwrightError({
    code: "no-lab-file",
    message: "there is no lab.yaml in this folder",
    remedy: "Write one with `labwright init`, or name another file with `--file FILE`.",
    exit: exitCode.usage,
  });
}

export interface Shown<T> {
  result: T;
  events: Event[];
}

export interface ShowOptions {
  json?: boolean | undefined;
  quiet?: boolean;
  /** What a person can do about an interruption; absent or undefined: run the same command again. */
  wayOn?: string | (() => Promise<string | undefined>);
}

/** Runs work as the root activity, shown in a form for the terminal; events are recorded for reports. `quiet` shows nothing. */
export async function show<T>(
  title: string,
  { json = false, quiet = false, wayOn }: ShowOptions,
  work: (activity: Activity) => Promise<T>,
  events: Event[] = [],
): Promise<Shown<T>> {
  const keep: Listener = (event) => events.push(event);
  const act = (listeners: readonly Listener[]) => startRun(title, listeners, work);
  try {
    if (quiet) return { result: await act([keep]), events };
    const { listener } = chooseOutput({ json });
    const warn = (text: string): void => listener({ event: "warning", text, at: Date.now() });
    return { result: await toldBy(warn, () => act([keep, listener])), events };
  } catch (error) {
    const interruption = interruptionIn(error);
    if (!interruption) throw error;
    const remedy = typeof wayOn === "function" ? await wayOn() : wayOn;
    throw interrupted(interruptedText(events), remedy, error);
  }
}
