import { type CheckContext, type Facts, onMachine, type Probes } from "../engine/step.ts";
import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { otherControlPlanes } from "../lab/roles.ts";
import { encryptionFile, makeEncryption } from "./api-server-files.ts";
import { markOf } from "./kubeadm.ts";

/** Of a control plane: the digest of its key of the Secrets in etcd, which all control planes of a cluster must have. */
export type KeyFact = "key" | `key.${string}`;

const digest = sh`test -s ${encryptionFile} && sha256sum <${encryptionFile}`;

export const keyProbes = ({ lab, machine }: CheckContext): Probes<KeyFact> => ({
  key: digest,
  ...Object.fromEntries(
    otherControlPlanes(lab, machine.name).map((name) => [
      `key.${name}`,
      onMachine(name, sh`test -e ${markOf("init")} && { ${digest} 2>/dev/null; true; }`),
    ]),
  ),
});

/** The other control planes that are part of a cluster, with the digests of their keys; an empty one if there is none. */
const members = (facts: Facts<KeyFact>, { lab, machine }: CheckContext): { name: string; key: string }[] =>
  otherControlPlanes(lab, machine.name).flatMap((name) => {
    const { code, stdout = "" } = facts[`key.${name}`] ?? {};
    return code === 0 ? [{ name, key: stdout }] : [];
  });

export const hasKey = ({ key }: Facts<KeyFact>): boolean => key.code === 0;

/** How a machine that is to have a key differs. */
export function keyDifferences(facts: Facts<KeyFact>, context: CheckContext): string[] {
  if (!hasKey(facts)) return [`${encryptionFile} is missing`];
  const other = members(facts, context).find(({ key }) => key !== "" && key !== facts.key.stdout);
  return other ? [`${encryptionFile} has another key than on ${other.name}`] : [];
}

/**
 * Gives a machine the key of the other control planes, or makes the first one: nobody sees it, and what it has encrypted can be read
 * with no other one. Throws `encryption-key-gone` and `encryption-key-differs` rather than replace the key of a cluster.
 */
export async function provideKey(
  host: Host,
  context: CheckContext & { on(machine: string): Promise<Host> },
  facts: Facts<KeyFact>,
  isEncrypting: boolean,
): Promise<void> {
  const other = members(facts, context).find(({ key }) => key !== "");
  if (isEncrypting && hasKey(facts) && other && other.key !== facts.key.stdout)
    throw keyDiffers(host.name, other.name);
  if (other && other.key !== facts.key.stdout) {
    const { stdout } = await (await context.on(other.name)).run(sh`cat ${encryptionFile}`);
    return host.write({ path: encryptionFile, content: stdout, mode: 0o600 });
  }
  if (isEncrypting && !hasKey(facts)) throw keyIsGone(host.name);
  await host.run(makeEncryption);
}

/**
 * The error with which a cluster of several control planes is neither encrypted nor decrypted as a whole: while they change one after
 * the other, some could not read what others write. Undefined if nothing is to be switched.
 */
export function switchedAmongSeveral(
  facts: Facts<KeyFact>,
  context: CheckContext,
  isWanted: boolean,
): LabwrightError | undefined {
  const others = members(facts, context);
  const isEncrypted = hasKey(facts) || others.some(({ key }) => key !== "");
  if (others.length === 0 || isEncrypted === isWanted) return undefined;
  return new LabwrightError({
    code: "encryption-is-fixed",
    message: `${context.machine.name}: cluster.encryptionAtRest is ${isWanted}, and the cluster of ${others.length + 1} control planes was made with ${!isWanted}, which cannot be changed`,
    remedy: "Run `labwright down`, then `labwright up`; or restore the value in the lab file.",
  });
}

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
