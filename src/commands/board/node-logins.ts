import type { Duplex } from "node:stream";
import { LabwrightError, messageOf } from "../../errors.ts";
import { openTunnel, type Tunnel } from "../../hosts/tunnel.ts";
import type { MachineInfo } from "../../providers/types.ts";

/** Until the next node is asked, in milliseconds. */
const patience = 5_000;

export type Node = Pick<MachineInfo, "name" | "address" | "access">;

/** The nodes of a lab, with a login to each that was needed so far. */
export class NodeLogins {
  readonly #nodes: readonly Node[];
  readonly #tunnels = new Map<string, Promise<Tunnel>>();
  #open = 0;
  #isRetired = false;

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  async connect(port: number): Promise<Duplex> {
    if (this.#nodes.length === 0) throw noNode();
    this.#open += 1;
    try {
      const stream = await this.#first(port);
      stream.once("close", () => this.#left());
      return stream;
    } catch (error) {
      this.#left();
      throw error;
    }
  }

  /** Closes it as soon as nothing uses it. */
  closeUnused(): void {
    this.#isRetired = true;
    if (this.#open === 0) this.close();
  }

  close(): void {
    // A connection that is being made ends as soon as it is there.
    this.#isRetired = true;
    for (const tunnel of this.#tunnels.values())
      tunnel.then(
        (opened) => opened.close(),
        () => {},
      );
  }

  #left(): void {
    this.#open -= 1;
    if (this.#isRetired && this.#open === 0) this.close();
  }

  /** A connection through the first node that lets us; a node may be broken, or have no pod of the Service. */
  async #first(port: number): Promise<Duplex> {
    const refusals: string[] = [];
    for (const node of this.#nodes) {
      try {
        return await this.#dial(node, port);
      } catch (error) {
        refusals.push(error instanceof LabwrightError ? error.message : `${node.name}: ${messageOf(error)}`);
      }
    }
    throw closed(port, refusals);
  }

  async #dial({ name, address, access }: Node, port: number): Promise<Duplex> {
    const known = this.#tunnels.get(name);
    const tunnel = known ?? openTunnel(name, access, { connectTimeout: patience });
    this.#tunnels.set(name, tunnel);
    return (await tunnel).dial(address, port, AbortSignal.timeout(patience));
  }
}

const noNode = (): LabwrightError =>
  new LabwrightError({
    code: "machine-absent",
    message: "no node of the lab is running",
    remedy: "Wait until the lab is back, or raise your hand.",
  });

const closed = (port: number, refusals: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "node-port-closed",
    message: `no node of the lab has let the board connect to port ${port}: ${refusals.join("; ")}`,
    remedy:
      "Look whether a Service has this NodePort and ready pods (`kubectl get services,endpointslices`), then load the page again.",
  });
