import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type CheckContext, onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import {
  addContext,
  contextOf,
  fromAdminConf,
  type KubeContext,
  kubeconfigProblem,
  removeContext,
} from "../../kubeconfig/context.ts";
import { assertCanUpdate, updateKubeconfig } from "../../kubeconfig/file.ts";
import { kubeconfigPath, mentions } from "../../kubeconfig/path.ts";
import { apiPlace } from "../../kubernetes/api-place.ts";
import { adminConf } from "../../kubernetes/kubectl.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { labFolder } from "../../paths.ts";
import { step } from "../step.ts";

const wanted = (admin: Output, context: CheckContext): KubeContext =>
  fromAdminConf(admin.stdout, context.lab.name, apiPlace(context));

/** What admin.conf logs in with. */
const keyOf = ({ clientCertData, clientKeyData }: KubeContext) => [clientCertData, clientKeyData];

const wayOf = ({ server, proxyUrl }: KubeContext): string =>
  proxyUrl === undefined ? server : `${server} through ${proxyUrl}`;

const pathFor = (lab: string): string => kubeconfigPath(process.env, lab);

/** Never beside the file itself: a file of the user's may have the name, or the folder may be a repository. */
const backupOf = (lab: string): string => join(labFolder(lab), "kubeconfig.before");

export const userKubeconfig = step({
  summary: "Adds the lab's context to the kubeconfig of this computer; other contexts do not change.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    admin: onMachine(controlPlaneOf(lab), sh`cat ${adminConf}`),
    // Reading a pipe or a device would not end.
    mine: sh`[ -f ${pathFor(lab.name)} ] && cat ${pathFor(lab.name)}`,
  }),

  check: (facts, _, context) => {
    const { name } = context.lab;
    const path = pathFor(name);
    const problem = facts.mine.code === 0 ? kubeconfigProblem(facts.mine.stdout, path) : undefined;
    if (problem !== undefined) return [problem];
    const found = facts.mine.code === 0 ? contextOf(facts.mine.stdout, name) : undefined;
    if (!found) return [`${path} has no context ${name}`];
    if (facts.admin.code !== 0) return ["the control plane has no admin.conf"];
    const right = wanted(facts.admin, context);
    if (isDeepStrictEqual(found, right)) return [];
    if (found.caData !== right.caData) return [`the context ${name} in ${path} is another cluster's`];
    return isDeepStrictEqual(keyOf(found), keyOf(right))
      ? [`the context ${name} in ${path} asks ${wayOf(found)}, not ${wayOf(right)}`]
      : [`the context ${name} in ${path} has another client certificate than admin.conf`];
  },

  preflight: (_, lab) => assertCanUpdate(pathFor(lab)),

  apply: async (_host, _params, context, facts) => {
    const { name } = context.lab;
    await updateKubeconfig(pathFor(name), (text) => addContext(text, wanted(facts.admin, context)), {
      backup: backupOf(name),
    });
  },

  undo: async (_host, _params, { lab }) => {
    const path = pathFor(lab.name);
    const backup = backupOf(lab.name);
    if (mentions(path, lab.name) !== false)
      await updateKubeconfig(path, (text) => removeContext(text, lab.name), { backup });
    // It protected a change that was just undone, and contains keys.
    await rm(backup, { force: true });
  },
});
