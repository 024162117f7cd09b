import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import { startSocks } from "../hosts/socks.ts";
import { openTunnel } from "../hosts/tunnel.ts";
import { addContext, fromAdminConf } from "../kubeconfig/context.ts";
import { apiPlace, proxyPort } from "../kubernetes/api-place.ts";
import { adminConf } from "../kubernetes/kubectl.ts";
import { controlPlaneOf } from "../lab/roles.ts";
import { type ConnectedInventory, connectInventory } from "../session/inventory.ts";
import { type LabOptions, openSession, type Session } from "../session/session.ts";
import { print, tell } from "../ui/print.ts";

export interface KubeconfigOptions extends LabOptions {
  /** Offers the proxy that the kubeconfig of a lab behind a jump host names, until it is interrupted. */
  proxy?: boolean;
}

/** Prints a kubeconfig with only the lab's context, for other tools and other people. */
export async function kubeconfig(options: KubeconfigOptions): Promise<void> {
  const session = await openSession(options);
  const { lab, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal);
  try {
    if (options.proxy) return await proxy(session, inventory);
    const host = await inventory.host(controlPlaneOf(lab));
    const { stdout } = await host.run(sh`cat ${adminConf}`, { signal });
    print(addContext("", fromAdminConf(stdout, lab.name, apiPlace(inventory))));
  } finally {
    await inventory.close();
  }
}

/** The control plane's sshd makes the connections, so only SSH has to be open. */
async function proxy({ lab, signal }: Session, { found, addresses }: ConnectedInventory): Promise<void> {
  const name = controlPlaneOf(lab);
  const machine = found.find((one) => one.name === name);
  if (!machine) throw noControlPlane(lab.name, name);
  const machines = new Set(addresses.values());
  const tunnel = await openTunnel(name, machine.access, { signal });
  try {
    const port = proxyPort(lab.name);
    const socks = await startSocks(port, {
      dial: tunnel.dial,
      allowed: (host) => machines.has(host),
    }).catch((error: unknown) => {
      throw portTaken(port, error);
    });
    tell(`The lab ${lab.name} is reached through socks5://127.0.0.1:${port} until you press Ctrl-C.\n`);
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    socks.close();
  } finally {
    tunnel.close();
  }
}

const noControlPlane = (lab: string, name: string): LabwrightError =>
  new LabwrightError({
    code: "machine-absent",
    message: `${name}, the control plane of the lab ${lab}, does not exist`,
    remedy: "Run `labwright up`.",
  });

const portTaken = (port: number, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "proxy-port-taken",
    message: `cannot listen on 127.0.0.1:${port}: another program uses the port`,
    remedy: `If that is \`labwright kubeconfig --proxy\` of this lab, use it; otherwise stop the program (\`ss -ltnp sport = :${port}\`).`,
    cause,
  });
