import type { z } from "zod";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import type { StepContext } from "../artifacts/step-context.ts";
import type {
  ApplyContext,
  BoundStep,
  CheckContext,
  Facts,
  Patience,
  Place,
  Probes,
} from "../engine/step.ts";
import type { Host } from "../hosts/types.ts";

export interface StepDefinition<P, K extends string, I> {
  /** What it does, in one sentence of docs/steps.md. */
  summary: string;
  /** Each parameter with a description, for docs/steps.md. */
  params: z.ZodType<P, I>;
  /** Parameters as an author writes them; only a step without parameters has none. */
  example?: NoInfer<I>;
  /** Read-only commands, by the name of the resulting fact. */
  probe(params: P, context: CheckContext): Probes<K>;
  /** Pure. The differences between the observed and the wanted state, in words; none means ok. */
  check(facts: Facts<K>, params: P, context: CheckContext): readonly string[];
  /**
   * Pure. Why what was observed cannot become what the lab file says; undefined if it can. Every step is asked before the
   * first one changes anything.
   */
  refuse?(facts: Facts<K>, params: P, context: CheckContext): Error | undefined;
  /**
   * Throws if something on this computer would make `apply` fail, so that it is reported before the first machine is
   * created. Changes nothing.
   */
  preflight?(params: P, lab: string): Promise<void>;
  /** Starts slow preparations of `apply` (a compilation) early, in the background. */
  prepare?(params: P, context: StepContext): Promise<unknown>;
  /**
   * Makes the change, from any incomplete state; `facts` are those of the check just before.
   * Absent: an expectation, which can only be waited for.
   */
  apply?(host: Host, params: P, context: StepContext, facts: Facts<K>): Promise<void>;
  /** Removes what `apply` made, also incomplete, and never what someone else made. */
  undo?(host: Host, params: P, context: StepContext): Promise<void>;
  /** What the step owns, by name: a reset of its exercise removes everything there, and nothing else. */
  places?(params: P, context: Pick<CheckContext, "machine">): readonly Place[];
  /** What it makes is inside the cluster: if the cluster is removed, nothing is left to undo. */
  within?: "cluster";
  patience?: Patience;
}

export interface Step
  extends Pick<StepDefinition<unknown, string, unknown>, "summary" | "params" | "example"> {
  /** Throws a ZodError if the parameters are wrong. Programs and images come out of `artifacts`. */
  bind(params: unknown, artifacts: ArtifactStore): BoundStep;
}

/** Declares a step. The type of its parameters and facts stays inside: the engine sees only `BoundStep`s. */
export function step<P, K extends string, I>(definition: StepDefinition<P, K, I>): Step {
  const { summary, example, refuse, preflight, prepare, apply, undo, places, within, patience } = definition;
  return {
    summary,
    params: definition.params,
    example,
    bind(given, artifacts) {
      const params = definition.params.parse(given);
      const supplied = (context: ApplyContext): StepContext => ({ ...context, artifacts });
      return {
        probe: (context) => definition.probe(params, context),
        check: (facts, context) => definition.check(facts as Facts<K>, params, context),
        ...(refuse && {
          refuse: (facts, context) => refuse.call(definition, facts as Facts<K>, params, context),
        }),
        ...(preflight && { preflight: (lab) => preflight.call(definition, params, lab) }),
        ...(prepare && {
          prepare: (context) => prepare.call(definition, params, supplied(context)),
        }),
        ...(apply && {
          apply: (host, context, facts) =>
            apply.call(definition, host, params, supplied(context), facts as Facts<K>),
        }),
        ...(undo && {
          undo: (host, context) => undo.call(definition, host, params, supplied(context)),
        }),
        ...(places && { places: (context) => places.call(definition, params, context) }),
        ...(within && { within }),
        ...(patience && { patience }),
      };
    },
  };
}
