import { LabwrightError } from "../errors.ts";
import { runAll } from "../hosts/batch.ts";
import type { Host } from "../hosts/types.ts";
import { isControlPlane } from "../lab/roles.ts";
import type { Machine } from "../lab/types.ts";
import { runDetached, waitForDetached } from "../linux/detached.ts";
import {
  type Certificate,
  endsSoon,
  isRestartLeft,
  kubeletUserIn,
  newKubeletFile,
  renewAndRestart,
  signKubelet,
  takeKubeletFile,
} from "./certificates.ts";
import { certificateQuestions, certificatesIn } from "./node-certificates.ts";

/** The name of the work on a machine: it goes on there if the connection is lost. */
const work = "certs-renew";

export interface NodeRenewal {
  host: Host;
  machine: Machine;
  /** Signs the certificate of a kubelet. */
  controlPlane: Host;
  /** Whether kubeadm's certificates are renewed that do not end soon. */
  all: boolean;
  note(text: string): void;
}

/** Renews certificates of one node, and restarts what works with them. Returns what was done: their names. */
export async function renewNode({
  host,
  machine,
  controlPlane,
  all,
  note,
}: NodeRenewal): Promise<Certificate["name"][]> {
  await waitForDetached(host, work, note);
  const answers = await runAll(host, { ...certificateQuestions(machine), restart: isRestartLeft });
  const certificates = certificatesIn(answers);
  if (certificates.length === 0) throw noCertificates(machine.name);
  const user = kubeletUserIn(answers["certificates.kubelet"] ?? { code: 1, stdout: "", stderr: "" });
  const ofKubelet = certificates.filter((one) => one.name === "kubelet" && endsSoon(one));
  // First: a kubelet whose certificate has ended does not start, and so starts no control plane.
  if (ofKubelet.length > 0 && user !== undefined) {
    note("renewing kubelet");
    await giveKubelet(host, controlPlane, user);
  }
  const renewable = certificates.filter(
    ({ name, renewal }) => name !== "kubelet" && renewal === "certs renew",
  );
  const due = renewable.filter((one) => all || endsSoon(one));
  if (isControlPlane(machine) && (due.length > 0 || answers.restart?.code === 0)) {
    // Each call of kubeadm waits some seconds for an API server that does not answer.
    const names = due.length === renewable.length ? ["all"] : due.map(({ name }) => name);
    const { code, stdout } = await runDetached(host, work, renewAndRestart(names), note);
    if (code !== 0) throw notRenewed(machine.name, stdout);
  }
  return [...ofKubelet, ...due].map(({ name }) => name);
}

/** A kubelet renews its own certificate in time, but not if the machine was off then. */
async function giveKubelet(host: Host, controlPlane: Host, user: string): Promise<void> {
  const { stdout } = await controlPlane.run(signKubelet(user));
  const path = newKubeletFile();
  await host.write({ path, content: stdout, mode: 0o600 });
  await host.run(takeKubeletFile(path));
}

const noCertificates = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "no-certificates",
    message: `${machine} has no certificates of kubeadm's`,
    remedy: "Run `labwright up`, which creates the cluster.",
  });

const notRenewed = (machine: string, output: string): LabwrightError =>
  new LabwrightError({
    code: "certificates-not-renewed",
    message: `could not renew the certificates of ${machine}: ${output.trim().split("\n").at(-1)}`,
    remedy: "Run `labwright certs renew` again; if it fails again, look at the machine with `labwright ssh`.",
    output,
  });
