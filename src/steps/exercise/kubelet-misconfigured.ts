import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { kubeletConfigFile, restartKubelet } from "../../kubernetes/kubelet.ts";
import { isRecord } from "../../lab/finding.ts";
import { readYaml, writeYaml } from "../../lab/yaml.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { contentOf } from "../../linux/files.ts";
import { step } from "../step.ts";

const owner = "kubelet-misconfigured";

export const kubeletMisconfigured = step({
  summary:
    "Gives a node's kubelet wrong settings and restarts it, for an exercise; undoing restores its file and waits for the node.",
  params: z.strictObject({
    settings: z
      .record(
        z.string().regex(/^[a-z][A-Za-z0-9]*$/, "a field of KubeletConfiguration is expected"),
        z.unknown(),
      )
      .refine((settings) => Object.keys(settings).length > 0, "at least one setting is expected")
      .describe("Fields of KubeletConfiguration with their wrong values."),
  }),
  example: { settings: { cgroupRoot: "/workloads" } },

  probe: () => ({ file: contentOf(kubeletConfigFile) }),

  check: ({ file }, { settings }) => {
    const present = configurationIn(file);
    return Object.entries(settings)
      .filter(([key, value]) => !isDeepStrictEqual(present[key], value))
      .map(([key]) => `the kubelet's ${key} has not been changed`);
  },

  apply: async (host, { settings }, _, { file }) => {
    await host.run(backUp(owner, { files: [kubeletConfigFile] }));
    const content = writeYaml({ ...configurationIn(file), ...settings });
    await host.write({ path: kubeletConfigFile, content });
    await host.run(sh`systemctl restart kubelet`);
  },

  undo: async (host, _, context) => {
    await restore(host, context, owner);
    await host.run(restartKubelet(context.machine.name));
  },
});

function configurationIn(file: Output): Record<string, unknown> {
  try {
    const { value } = readYaml(file.stdout, kubeletConfigFile);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
