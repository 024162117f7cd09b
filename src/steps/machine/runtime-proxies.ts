import { z } from "zod";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import type { CheckContext } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { restore } from "../../linux/backup.ts";
import { proxiesOf } from "../../linux/proxies.ts";
import { step } from "../step.ts";

const owner = "runtime-proxies";
const unitOf = ({ lab }: CheckContext): string => runtimeOf(lab.cluster).puller;

/** A separate step because the proxies depend on this computer, while the runtime is the same in every node image. */
export const runtimeProxies = step({
  summary:
    "Gives the container runtime the proxies and certificates by which this computer reaches registries.",
  params: z.strictObject({}),

  probe: (_, context) => ({ files: proxiesOf(unitOf(context), context).probe }),

  check: (facts, _, context) => proxiesOf(unitOf(context), context).differences(facts.files),

  apply: async (host, _, context) => {
    const unit = unitOf(context);
    await proxiesOf(unit, context).apply(host, owner);
    await host.run(sh`systemctl daemon-reload && systemctl restart ${unit}`);
  },

  undo: async (host, _, context) => {
    await restore(host, context, owner);
    const unit = unitOf(context);
    await host.run(sh`systemctl daemon-reload; systemctl try-restart ${unit} 2>/dev/null; true`);
  },

  patience: { seconds: 20, for: "the container runtime to answer" },
});
