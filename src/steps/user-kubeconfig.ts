import { realpath, rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { on, type Scene, step } from "../engine/step.ts";
import { LabwrightError } from "../errors.ts";
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
import { adminConf } from "./shared/kubectl.ts";
import { controlPlaneOf } from "./shared/lab.ts";

function wanted(admin: Output, { lab, reach }: Scene): KubeContext {
  const place = reach(controlPlaneOf(lab), 6443);
  if (place === undefined) throw unreachable(lab.name);
  return fromAdminConf(admin.stdout, lab.name, `https://${place}`);
}

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
    return isDeepStrictEqual(found, wanted(facts.admin, scene))
      ? []
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

const unreachable = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "api-unreachable",
    message: `the API server of ${lab} cannot be reached from this computer`,
    remedy: "work on the control plane itself: `labwright ssh`",
  });
