import { z } from "zod";
import { type CheckContext, type Facts, onMachine, type Probes } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { apiServerFolder, encryptionFile, makeEncryption } from "../../kubernetes/api-server-files.ts";
import { argumentsIn, manifestOf } from "../../kubernetes/control-plane-pod.ts";
import { markOf } from "../../kubernetes/kubeadm.ts";
import { otherControlPlanes } from "../../lab/roles.ts";
import { contentOf } from "../../linux/files.ts";
import { step } from "../step.ts";

type Fact = "mark" | "key" | "apiServer" | `key.${string}`;

const apiServer = "kube-apiserver";
const digest = sh`test -s ${encryptionFile} && sha256sum <${encryptionFile}`;

const isWanted = ({ lab }: CheckContext): boolean => lab.cluster.settings?.encryptionAtRest ?? false;

const othersOf = ({ lab, machine }: CheckContext): string[] => otherControlPlanes(lab, machine.name);

/** The other control planes that are part of a cluster, with the digests of their keys; an empty one if there is none. */
const membersOf = (facts: Facts<Fact>, context: CheckContext): { name: string; key: string }[] =>
  othersOf(context).flatMap((name) => {
    const { code, stdout = "" } = facts[`key.${name}`] ?? {};
    return code === 0 ? [{ name, key: stdout }] : [];
  });

/** Whether the API server was started with the key. */
const isEncrypting = ({ apiServer: manifest }: Facts<Fact>): boolean =>
  argumentsIn(manifest, apiServer).includes(`--encryption-provider-config=${encryptionFile}`);

export const encryptionKey = step({
  summary:
    "Gives control planes one key for the Secrets in etcd, if the lab file encrypts them; the first one makes it.",
  params: z.strictObject({}),

  // Others are asked only if a key is wanted: a check that asks a missing machine shows nothing.
  probe: (_, context): Probes<Fact> => ({
    mark: sh`test -e ${markOf("init")}`,
    key: digest,
    apiServer: contentOf(manifestOf(apiServer)),
    ...(isWanted(context) &&
      Object.fromEntries(
        othersOf(context).map((name) => [
          `key.${name}`,
          onMachine(name, sh`test -e ${markOf("init")} && { { ${digest}; } 2>/dev/null; true; }`),
        ]),
      )),
  }),

  check: (facts, _, context) => {
    if (!isWanted(context)) return [];
    if (facts.key.code !== 0) return [`${encryptionFile} is missing`];
    const other = membersOf(facts, context).find(({ key }) => key !== "" && key !== facts.key.stdout);
    return other ? [`${encryptionFile} has another key than on ${other.name}`] : [];
  },

  // While control planes change one after the other, some could not read what others write.
  refuse: (facts, _, context) => {
    const isMember = facts.mark.code === 0;
    const hasKey = facts.key.code === 0;
    const members = membersOf(facts, context);
    const isSwitched = isWanted(context)
      ? members.length > 0 && !(isMember && hasKey) && members.every(({ key }) => key === "")
      : isMember && hasKey && othersOf(context).length > 0;
    return isSwitched ? isFixed(context) : undefined;
  },

  apply: async (host, _, context, facts) => {
    const other = membersOf(facts, context).find(({ key }) => key !== "");
    if (other && isEncrypting(facts) && facts.key.code === 0) throw keyDiffers(host.name, other.name);
    if (!other && isEncrypting(facts)) throw keyIsGone(host.name);
    await host.run(sh`mkdir -p -m 700 ${apiServerFolder}`);
    if (other) {
      const { stdout } = await (await context.on(other.name)).run(sh`cat ${encryptionFile}`);
      return host.write({ path: encryptionFile, content: stdout, mode: 0o600 });
    }
    await host.run(makeEncryption);
  },

  undo: async (host) => {
    await host.run(sh`rm -f ${encryptionFile}`);
  },
});

const isFixed = (context: CheckContext): LabwrightError =>
  new LabwrightError({
    code: "encryption-is-fixed",
    message: `${context.machine.name}: cluster.encryptionAtRest is ${isWanted(context)}, and the cluster was made with ${!isWanted(context)}, which cannot be changed with several control planes`,
    remedy: "Run `labwright down`, then `labwright up`; or restore the value in the lab file.",
  });

/** Data that a key has encrypted can be read with no other one. */
const keyIsGone = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "encryption-key-gone",
    message: `${machine}: ${encryptionFile} is missing, with the key of the Secrets in etcd`,
    remedy: "Restore the file from a copy; or run `labwright down`, then `labwright up`.",
  });

const keyDiffers = (machine: string, other: string): LabwrightError =>
  new LabwrightError({
    code: "encryption-key-differs",
    message: `${machine}: ${encryptionFile} has another key than on ${other}, and each has encrypted Secrets in etcd`,
    remedy: "Restore the file that was changed from a copy; or run `labwright down`, then `labwright up`.",
  });
