import { realpath, rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { on, type Scene, step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import {
  addContext,
  contextOf,
  fromAdminConf,
  type KubeContext,
  removeContext,
} from "../kubeconfig/context.ts";
import { kubeconfigPath, updateKubeconfig } from "../kubeconfig/file.ts";
import { apiPlace } from "./shared/api-place.ts";
import { adminConf } from "./shared/kubectl.ts";
import { controlPlaneOf } from "./shared/lab.ts";

const wanted = (admin: Output, scene: Scene): KubeContext =>
  fromAdminConf(admin.stdout, scene.lab.name, apiPlace(scene));

/** What is the cluster's, whatever the way to it. */
const keyOf = ({ caData, clientCertData, clientKeyData }: KubeContext) => [
  caData,
  clientCertData,
  clientKeyData,
];

const wayOf = ({ server, proxyUrl }: KubeContext): string =>
  proxyUrl === undefined ? server : `${server} through ${proxyUrl}`;

/** The lab's context in this computer's own kubeconfig; every other context stays as it is, to the byte. */
export const userKubeconfig = step({
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    admin: on(controlPlaneOf(lab), sh`cat ${adminConf}`),
    mine: sh`cat ${kubeconfigPath(process.env)}`,
  }),

  check: (facts, _, scene) => {
    const { name } = scene.lab;
    const path = kubeconfigPath(process.env);
    const found = facts.mine.code === 0 ? contextOf(facts.mine.stdout, name) : undefined;
    if (!found) return [`${path} has no context ${name}`];
    if (facts.admin.code !== 0) return ["the control plane has no admin.conf"];
    const right = wanted(facts.admin, scene);
    if (isDeepStrictEqual(found, right)) return [];
    return isDeepStrictEqual(keyOf(found), keyOf(right))
      ? [`the context ${name} in ${path} asks ${wayOf(found)}, not ${wayOf(right)}`]
      : [`the context ${name} in ${path} is another cluster's`];
  },

  apply: async (_host, _params, site, facts) => {
    await updateKubeconfig(kubeconfigPath(process.env), (text) =>
      addContext(text, wanted(facts.admin, site)),
    );
  },

  undo: async (_host, _params, { lab }) => {
    const path = kubeconfigPath(process.env);
    await updateKubeconfig(path, (text) => removeContext(text, lab.name));
    // The backup is of the file with the lab's key in it, and guarded a change that has just been taken back.
    await rm(`${await realpath(path).catch(() => path)}.labwright-backup`, { force: true });
  },
});
