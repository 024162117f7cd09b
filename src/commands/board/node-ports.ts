import type { Duplex } from "node:stream";
import { assertNodePort } from "../../lab/ports.ts";
import { type Node, NodeLogins } from "./node-logins.ts";

/** How long a lab's nodes are taken for the same ones: a reset may put others in their place. In milliseconds. */
const usualTimes = {
  fresh: 30_000,
  /** After a failure: whoever loads a page again and again must not have the provider asked each time. */
  failed: 2_000,
};

/**
 * Connections to NodePorts, each made by the sshd of the node itself, so that only SSH has to be open. Logins are shared by the
 * connections that a page needs, and end with the last one.
 */
export class NodePorts {
  readonly #nodesOf: (student: string) => Promise<readonly Node[]>;
  readonly #times: typeof usualTimes;
  readonly #logins = new Map<string, Promise<NodeLogins>>();

  /** `nodesOf` returns the running nodes of a student's lab, in the order in which they are asked. */
  constructor(nodesOf: (student: string) => Promise<readonly Node[]>, times = usualTimes) {
    this.#nodesOf = nodesOf;
    this.#times = times;
  }

  /** Throws `not-a-node-port`, `machine-absent`, `node-port-closed`, and what `nodesOf` throws. */
  async connect(student: string, port: number): Promise<Duplex> {
    assertNodePort(port);
    const found = this.#logins.get(student) ?? this.#open(student);
    try {
      return await (await found).connect(port);
    } catch (error) {
      this.#retireAfter(this.#times.failed, student, found);
      throw error;
    }
  }

  close(): void {
    for (const [student, logins] of this.#logins) this.#retire(student, logins, "now");
  }

  #open(student: string): Promise<NodeLogins> {
    const logins = this.#nodesOf(student).then((nodes) => new NodeLogins(nodes));
    this.#logins.set(student, logins);
    this.#retireAfter(this.#times.fresh, student, logins);
    return logins;
  }

  #retireAfter(time: number, student: string, logins: Promise<NodeLogins>): void {
    setTimeout(() => this.#retire(student, logins), time).unref();
  }

  #retire(student: string, logins: Promise<NodeLogins>, when: "unused" | "now" = "unused"): void {
    if (this.#logins.get(student) === logins) this.#logins.delete(student);
    logins.then(
      (known) => (when === "now" ? known.close() : known.closeUnused()),
      () => {},
    );
  }
}
