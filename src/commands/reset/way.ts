import type { Activity } from "../../activity/activity.ts";
import type { Baseline } from "../../baseline/baseline.ts";
import type { Difference } from "../../recording/differences.ts";
import type { Session } from "../../session/session.ts";
import type { SnapshotRecord } from "../../snapshots/record.ts";
import type { Taken } from "../spare/take.ts";

export interface ResetRequest {
  session: Session;
  activity: Activity;
  baseline: Baseline;
  /** The machines that are reset; with a control plane, the cluster's objects are too. */
  machines: readonly string[];
  /** What is done without trying to repair the machines; absent: they are repaired, if that can be. */
  instead?: "rebuild" | "spare";
}

/** Machine → why it could not be reset in a way, a sentence each, after its name. */
export type Refused = Map<string, string[]>;

export interface ResetResult {
  /** Why undoing the differences did not do; empty if it did. */
  refused: Refused;
  /** Machines that were created again. */
  rebuilt: readonly string[];
  /** The spare that was taken. */
  spare?: Pick<Taken, "set" | "age">;
  /** The snapshot whose machines the lab has. */
  snapshot?: Pick<SnapshotRecord, "name" | "saved">;
  /** What did not do either. */
  without: readonly Without[];
  undone: Difference[];
  /** What shows that the lab works, a sentence each. */
  proof: string[];
  /** How long each part took, in seconds. */
  parts: Part[];
  /** Exercises that were started, and are not any more. */
  exercises: string[];
}

/** A way that did not do. */
export interface Without {
  what: "A spare" | "A snapshot";
  /** A sentence each without its full stop; none if the lab has no such thing. */
  why: readonly string[];
}

export interface Part {
  title: string;
  seconds: number;
}

/** What every way needs: the request, when it began, and a clock for its parts. */
export interface Way extends ResetRequest {
  began: Date;
  timed<T>(title: string, work: () => Promise<T>): Promise<T>;
}
