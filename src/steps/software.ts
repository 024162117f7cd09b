import { z } from "zod";
import { type BoundStep, type Facts, type Probes, type Scene, step } from "../engine/step.ts";
import type { Software } from "../lab/types.ts";
import { dockerCompose } from "./docker-compose.ts";
import { dockerEngine } from "./docker-engine.ts";

/** The step that each kind of software is. */
const stepOf: Record<Software, BoundStep> = {
  docker: dockerEngine.bind({}),
  "docker-compose": dockerCompose.bind({}),
};

const own = ({ machine }: Scene): (readonly [Software, BoundStep])[] =>
  (machine.software ?? []).map((name) => [name, stepOf[name]]);

/** One step's facts out of those of all, whose names begin with the software's. */
const factsOf = (name: Software, facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([key, fact]) =>
      key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), fact]] : [],
    ),
  );

/** What the lab file says that runs on a machine besides: the steps of its software as one. */
export const software = step({
  params: z.strictObject({}),

  probe: (_, scene): Probes =>
    Object.fromEntries(
      own(scene).flatMap(([name, one]) =>
        Object.entries(one.probe(scene)).map(([key, probe]) => [`${name}.${key}`, probe]),
      ),
    ),

  check: (facts, _, scene) => own(scene).flatMap(([name, one]) => one.check(factsOf(name, facts), scene)),

  prepare: (_, site) => Promise.all(own(site).map(([, one]) => one.prepare?.(site))),

  apply: async (host, _, site, facts) => {
    for (const [name, one] of own(site)) {
      const mine = factsOf(name, facts);
      if (one.check(mine, site).length > 0) await one.apply?.(host, site, mine);
    }
  },

  undo: async (host, _, site) => {
    for (const [, one] of own(site).reverse()) await one.undo?.(host, site);
  },

  patience: { seconds: 30, for: "what was installed to answer" },
});
