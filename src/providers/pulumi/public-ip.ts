import { isIPv4 } from "node:net";
import { LabwrightError } from "../../errors.ts";
import { request } from "../../http/client.ts";

/** A service of AWS that returns the address that a request comes from. */
const service = "https://checkip.amazonaws.com";

/** The network of only this computer, as seen from outside: `203.0.113.7/32`. LABWRIGHT_ADDRESS_SERVICE names another service. */
export async function callerNetwork(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const url = environment.LABWRIGHT_ADDRESS_SERVICE || service;
  try {
    const response = await request(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
    const address = (await response.text()).trim();
    if (response.ok && isIPv4(address)) return `${address}/32`;
    throw new Error(`it answered ${response.status}: ${address.slice(0, 100)}`);
  } catch (cause) {
    signal.throwIfAborted();
    throw new LabwrightError({
      code: "own-address-unknown",
      message: `could not get this computer's public address, which the firewall must let in, from ${url}`,
      remedy: "Set it in the lab file: `cloud: { allowFrom: [203.0.113.7/32] }`.",
      cause,
    });
  }
}
