import type { Duplex } from "node:stream";
import { LabwrightError, messageOf } from "../../errors.ts";
import { openTunnel, type Tunnel } from "../../hosts/tunnel.ts";
import { assertNodePort } from "../../lab/ports.ts";
import type { MachineInfo } from "../../providers/types.ts";

/** How long a lab's nodes are taken for the same ones: a reset may put others in their place. In milliseconds. */
const usualTimes = {
  fresh: 30_000,
  /** After a failure: whoever loads a page again and again must not have the provider asked each time. */
  failed: 2_000,
};
/** Until the next node is asked, in milliseconds. */
const patience = 5_000;

type Node = Pick<MachineInfo, "name" | "address" | "access">;

/**
 * Connections to NodePorts, each made by the sshd of the node itself, so that only SSH has to be open. Logins are shared by the
 * connections that a page needs, and end with the last one.
 */
export class NodePorts {
  readonly #nodesOf: (student: string) => Promise<readonly Node[]>;
  readonly #times: typeof usualTimes;
  readonly #ways = new Map<string, Promise<Way>>();

  /** `nodesOf` returns the running nodes of a student's lab, in the order in which they are asked. */
  constructor(nodesOf: (student: string) => Promise<readonly Node[]>, times = usualTimes) {
    this.#nodesOf = nodesOf;
    this.#times = times;
  }

  /** Throws `not-a-node-port`, `machine-absent`, `node-port-closed`, and what `nodesOf` throws. */
  async connect(student: string, port: number): Promise<Duplex> {
    assertNodePort(port);
    const found = this.#ways.get(student) ?? this.#open(student);
    try {
      return await (await found).connect(port);
    } catch (error) {
      this.#retireAfter(this.#times.failed, student, found);
      throw error;
    }
  }

  close(): void {
    for (const [student, way] of this.#ways) this.#retire(student, way, "now");
  }

  #open(student: string): Promise<Way> {
    const way = this.#nodesOf(student).then((nodes) => new Way(nodes));
    this.#ways.set(student, way);
    this.#retireAfter(this.#times.fresh, student, way);
    return way;
  }

  #retireAfter(time: number, student: string, way: Promise<Way>): void {
    setTimeout(() => this.#retire(student, way), time).unref();
  }

  #retire(student: string, way: Promise<Way>, when: "unused" | "now" = "unused"): void {
    if (this.#ways.get(student) === way) this.#ways.delete(student);
    way.then(
      (known) => (when === "now" ? known.close() : known.closeUnused()),
      () => {},
    );
  }
}

/** The nodes of a lab, with a login to each that was needed so far. */
class Way {
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
