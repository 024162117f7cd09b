import type { StepContext } from "../../artifacts/step-context.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { applyFile, kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectsIn } from "../../kubernetes/objects.ts";
import { type AddonName, addons as words } from "../../lab/available.ts";
import { readAllYaml } from "../../lab/yaml.ts";
import { quietly } from "../../linux/programs.ts";
import { listed } from "../../wording.ts";
import type { Addon } from "./addon.ts";
import { addonNamed } from "./addons.ts";
import { draftOf, fileOf, fileText, getObjects } from "./installed.ts";
import { addonLabel, isOf, markedObjects, placeOf } from "./objects.ts";

/** The documents of an addon's files, from the source that the lab uses. */
export async function documentsOf({ files }: Addon, context: StepContext): Promise<unknown[]> {
  const manifests = await Promise.all(
    files.map((file) => context.artifacts.manifest(file, quietly(context))),
  );
  return manifests.flatMap(({ text }) => readAllYaml(text));
}

/** Applies an addon's objects, and deletes those of an earlier release. Throws `addon-not-ours` before it changes anything. */
export async function installAddon(
  host: Host,
  name: AddonName,
  addon: Addon,
  context: StepContext,
): Promise<void> {
  const objects = markedObjects(name, addon, await documentsOf(addon, context));
  const draft = draftOf(name);
  await host.write({ path: draft, content: fileText(name, addon, objects) });
  const strangers = (await objectsOfFile(host, draft)).filter((object) => !isOf(name, object));
  if (strangers.length > 0) {
    await host.run(sh`rm -f ${draft}`);
    throw notOurs(name, strangers);
  }
  await host.run(sh`${applyFile(draft)} && mv ${draft} ${fileOf(name)}`);
  const places = objects.map(placeOf);
  const former = (await objectsOfAddon(host, name)).filter((object) => !places.includes(placeOf(object)));
  await deleteObjects(host, former);
}

/** Removes what labwright applied for an addon, and reports what stays. */
export async function removeAddon(host: Host, name: string, context: StepContext): Promise<void> {
  const own = await objectsOfAddon(host, name);
  const known = words.supported.find((one) => one === name);
  const strangers = (await objectsOfFile(host, fileOf(name))).filter((object) => !isOf(name, object));
  const namespaces = own.filter(({ kind }) => kind === "Namespace");
  context.note(`removing ${name}`);
  await deleteObjects(
    host,
    own.filter((object) => !namespaces.includes(object)),
  );
  for (const namespace of namespaces) strangers.push(...(await removeNamespace(host, namespace)));
  await host.run(sh`rm -f ${[fileOf(name), draftOf(name)]}`);
  for (const object of strangers) context.leave(`${placeOf(object)}, which is not part of ${name} alone`);
  const left = known && addonNamed(known).left;
  if (!left) return;
  const { stdout } = await host.run(left.ask, { accept: "any" });
  for (const line of stdout.split("\n").filter((one) => one !== "")) context.leave(left.words(line));
}

const objectsOfAddon = async (host: Host, name: string): Promise<KubeObject[]> =>
  (objectsIn(await host.run(kubectl(getObjects(), 30))) ?? []).filter((object) => isOf(name, object));

/** Deletes an addon's namespace if nobody keeps anything in it. Returns what stays: then the namespace is not ours any more. */
async function removeNamespace(host: Host, namespace: KubeObject): Promise<KubeObject[]> {
  const { name } = namespace.metadata;
  const inside = await othersIn(host, name);
  if (inside.length === 0) await deleteObjects(host, [namespace]);
  else await host.run(kubectl(sh`label namespace ${name} ${`${addonLabel}-`} >/dev/null`));
  return inside.length === 0 ? [] : [namespace, ...inside];
}

/** The objects of a file that are in the cluster, whoever created them. */
const objectsOfFile = async (host: Host, file: string): Promise<KubeObject[]> =>
  objectsIn(
    await host.run(sh`[ ! -e ${file} ] || ${kubectl(sh`get --ignore-not-found -o json -f ${file}`)}`),
  ) ?? [];

/** What a namespace can hold that people put there. */
const kindsInside = [
  ...["configmaps", "secrets", "services", "serviceaccounts", "pods", "persistentvolumeclaims"],
  ...["deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch"],
  ...["roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"],
];

/** Kubernetes makes these in every namespace. */
const ofEachNamespace = ["configmap/kube-root-ca.crt", "serviceaccount/default"];

/** What is in a namespace and neither goes with something that is being deleted nor comes with the namespace. */
async function othersIn(host: Host, namespace: string): Promise<KubeObject[]> {
  const found = objectsIn(await host.run(kubectl(sh`-n ${namespace} get ${kindsInside.join(",")} -o json`)));
  return (found ?? []).filter(
    ({ kind, metadata }) =>
      !ofEachNamespace.includes(`${kind.toLowerCase()}/${metadata.name}`) &&
      metadata.ownerReferences === undefined &&
      metadata.deletionTimestamp === undefined,
  );
}

/** Deletes objects and waits until they are gone. */
async function deleteObjects(host: Host, objects: readonly KubeObject[]): Promise<void> {
  const byNamespace = Object.groupBy(objects, ({ metadata }) => metadata.namespace ?? "");
  for (const [namespace, some = []] of Object.entries(byNamespace)) {
    const place = namespace === "" ? sh`` : sh`-n ${namespace} `;
    await host.run(kubectl(sh`${place}delete --ignore-not-found ${some.map(reference)} >/dev/null`, 60));
  }
}

/** `deployment.v1.apps/metrics-server`. */
const reference = ({ apiVersion, kind, metadata }: KubeObject): string => {
  const [group = "", version] = apiVersion.split("/");
  const type = version === undefined ? [kind] : [kind, version, group];
  return `${type.join(".").toLowerCase()}/${metadata.name}`;
};

const notOurs = (name: string, strangers: readonly KubeObject[]): LabwrightError =>
  new LabwrightError({
    code: "addon-not-ours",
    message: `cannot install the addon ${name}: the cluster has ${listed(strangers.map(placeOf), 4)}, which labwright did not create`,
    remedy: `Delete what is there, or take ${name} out of \`cluster.addons\`, then run \`labwright up\` again.`,
  });
