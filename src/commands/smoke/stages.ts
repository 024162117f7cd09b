import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { prove } from "../../exercises/prove.ts";
import type { Exercise } from "../../exercises/types.ts";
import { connectInventory } from "../../session/inventory.ts";
import { makeLab } from "../../session/make-lab.ts";
import type { Session } from "../../session/session.ts";
import { withoutRefill } from "../../session/spares-lock.ts";
import { agree, count } from "../../wording.ts";
import { removeFolders, takeAway } from "../down.ts";
import { inspectLab } from "../verify.ts";
import { collect } from "./evidence.ts";
import type { Limits } from "./limits.ts";
import type { Part } from "./parts.ts";
import { failedIn, type Stage, type Turn } from "./stage.ts";
import type { Report } from "./summary.ts";

export interface SmokePlan {
  session: Session;
  limits: Limits;
  /** Proved after `verify`. */
  exercises: readonly Exercise[];
  /** When `up`, `verify` and exercises must have ended, in milliseconds since 1970. */
  deadline: number;
  /** Ends `up`, `verify` and exercises. */
  interrupted: AbortSignal;
  /** The folder for logs if a part fails. */
  evidence?: string | undefined;
  /** How long a lab whose test failed is kept, in seconds; absent: it is not kept. */
  keepFor?: number | undefined;
  /** Gets the folder with logs, and until when the lab is kept. */
  report: Report;
}

/** The stages of a smoke test, in order. */
export const stagesOf = (plan: SmokePlan): Stage[] => [
  ...tests(plan),
  evidence(plan),
  keep(plan),
  down(plan),
];

/** `up`, `verify` and exercises: each needs those before it. */
function tests({ session, limits, exercises, deadline, interrupted }: SmokePlan): Stage[] {
  const turn = (parts: readonly Part[]): Turn => {
    const failed = failedIn(parts);
    return failed ? { skipped: `${failed.name} was not passed` } : "run";
  };
  const common = { deadline, signal: interrupted, turn };
  return [
    {
      ...{ ...common, name: "up", limit: limits.up },
      work: async (activity, signal) => {
        const { applied } = await makeLab({ ...session, signal }, activity);
        return [`${count(applied, "task")} changed`];
      },
    },
    {
      ...{ ...common, name: "verify", limit: limits.verify },
      work: async (activity, signal) => {
        const wrong = await inspectLab({ ...session, signal }, activity);
        if (wrong.length > 0) throw notVerified(wrong);
        return ["every check is ok"];
      },
    },
    ...exercises.map(
      (exercise): Stage => ({
        ...{ ...common, name: `exercise ${exercise.name}`, limit: limits.exercises },
        work: (activity, signal) => proveOne({ ...session, signal }, exercise, activity),
      }),
    ),
  ];
}

const evidence = ({ session, limits, evidence: folder, report }: SmokePlan): Stage => ({
  ...{ name: "evidence", limit: limits.evidence, signal: session.signal },
  turn: (parts) => (failedIn(parts) && folder !== undefined ? "run" : "absent"),
  work: async (_activity, signal) => {
    if (folder === undefined) return [];
    const collected = await collect({ ...session, signal }, folder);
    report.evidence = folder;
    return collected;
  },
});

/** After an interruption nothing stays, not even a lab that would be kept. */
const keep = ({ session, limits, interrupted, keepFor = 0, report }: SmokePlan): Stage => ({
  ...{ name: "keep", limit: limits.down, signal: session.signal },
  turn: (parts) => (failedIn(parts) && keepFor > 0 && !interrupted.aborted ? "run" : "absent"),
  work: async () => {
    const until = new Date(Date.now() + keepFor * 1000);
    await session.provider.expireAt?.(until);
    report.keptUntil = until;
    return [`until ${until.toISOString()}`];
  },
});

const down = ({ session, limits }: SmokePlan): Stage => ({
  ...{ name: "down", limit: limits.down, signal: session.signal },
  turn: (parts) => (parts.some(({ name }) => name === "keep") ? { skipped: "the lab is kept" } : "run"),
  work: async (activity) => {
    const { removed } = await withoutRefill(session, () => takeAway(session, activity));
    await removeFolders(session.lab.name);
    return removed;
  },
});

async function proveOne(session: Session, exercise: Exercise, activity: Activity): Promise<string[]> {
  const { lab, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const wrong = await prove(exercise, { inventory, activity, signal });
    if (wrong.length > 0) throw notProven(exercise.name, wrong);
    return ["proven"];
  } finally {
    await inventory.close();
  }
}

const notVerified = (tasks: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "not-verified",
    message: `${count(tasks.length, "check")} ${agree(tasks.length, "is", "are")} not ok: ${[...new Set(tasks)].join(", ")}`,
    remedy: "Run `labwright plan` to see what differs, and why.",
  });

const notProven = (name: string, wrong: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "exercise-not-proven",
    message: `the exercise ${name} does not work as described: ${count(wrong.length, "claim")} ${agree(wrong.length, "does", "do")} not hold`,
    remedy: `Run it alone: \`labwright exercise prove ${name}\`.`,
    output: wrong.join("\n"),
  });
