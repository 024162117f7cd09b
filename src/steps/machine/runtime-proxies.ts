import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { restore } from "../../linux/backup.ts";
import { proxiesOf } from "../../linux/proxies.ts";
import { step } from "../step.ts";

const owner = "runtime-proxies";
const unit = "containerd";

/** A separate step because the proxies depend on this computer, while the runtime is the same in every node image. */
export const runtimeProxies = step({
  summary:
    "Gives the container runtime the proxies and certificates by which this computer reaches registries.",
  params: z.strictObject({}),

  probe: (_, checkContext) => ({ files: proxiesOf(unit, checkContext).probe }),

  check: (facts, _, checkContext) => proxiesOf(unit, checkContext).differences(facts.files),

  apply: async (host, _, applyContext) => {
    await proxiesOf(unit, applyContext).apply(host, owner);
    await host.run(sh`systemctl daemon-reload && systemctl restart ${unit}`);
  },

  undo: async (host, _, applyContext) => {
    await restore(host, applyContext, owner);
    await host.run(sh`systemctl daemon-reload; systemctl try-restart ${unit} 2>/dev/null; true`);
  },

  patience: { seconds: 20, for: "containerd to answer" },
});
