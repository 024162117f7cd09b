import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host, RunOptions } from "../../hosts/types.ts";
import { engineGone, nameTaken as nameTakenOn } from "../engine/errors.ts";

/** The configuration keys that mark what is ours; `down` finds instances, and leftovers of killed runs, by them alone. */
export const label = {
  lab: "user.labwright.lab",
  id: "user.labwright.id",
  owner: "user.labwright.owner",
  set: "user.labwright.set",
  machine: "user.labwright.machine",
  address: "user.labwright.address",
  hostKey: "user.labwright.host-key",
  ports: "user.labwright.ports",
  subnet: "user.labwright.subnet",
  isolated: "user.labwright.isolated",
  build: "user.labwright.build",
  software: "user.labwright.software",
} as const;

export interface Where {
  /** The folder of labwright's daemon; absent: the computer's daemon, or what INCUS_DIR and INCUS_SOCKET name. */
  folder?: string;
  /** A remote of `incus remote list`; absent: the daemon on this computer. */
  remote?: string;
}

/**
 * The incus command line, bound to one server. It is used rather than the REST API because it knows remotes, their
 * certificates and clusters.
 */
export class Incus {
  readonly #host: Host;
  readonly #where: Where;

  constructor(host: Host, where: Where = {}) {
    this.#host = host;
    this.#where = where;
  }

  get remote(): string | undefined {
    return this.#where.remote;
  }

  /** A resource's name for the command line; the server itself with an empty name. */
  at(name: string): string {
    return `${this.#where.remote ?? "local"}:${name}`;
  }

  /** `incus <command>` as a part of a larger script. */
  command(command: Command): Command {
    const { folder } = this.#where;
    return folder === undefined ? sh`incus ${command}` : sh`INCUS_DIR=${folder} incus ${command}`;
  }

  /** Runs a script that is made of such parts. Throws `engine-gone` if the server no longer answers. */
  async script(script: Command, options?: RunOptions): Promise<string> {
    const output = await this.#host.run(script, options).catch((error: unknown) => {
      throw isUnanswered(error) ? engineGone("the Incus server", error) : error;
    });
    return output.stdout.trimEnd();
  }

  /** Runs `incus <command>` and returns what it printed, without the last newline. */
  run(command: Command, options?: RunOptions): Promise<string> {
    return this.script(this.command(command), options);
  }

  /** Runs an `incus <command>` that removes something; again for two minutes while it fails with `passing` words. */
  async remove(command: Command, passing: RegExp): Promise<void> {
    for (const end = Date.now() + 120_000; ; await sleep(300)) {
      try {
        await this.run(command);
        return;
      } catch (error) {
        const said = error instanceof LabwrightError ? (error.output ?? "") : "";
        if (/not found/i.test(said)) return;
        if (!passing.test(said) || Date.now() > end) throw error;
      }
    }
  }

  /** Asks the REST API for something and reads the answer; the command line prints nothing if a list is empty. */
  async query<T>(path: string, schema: z.ZodType<T>, options?: RunOptions): Promise<T> {
    return schema.parse(JSON.parse((await this.run(sh`query ${this.at(path)}`, options)) || "[]"));
  }
}

/** What the command line prints if it does not reach the server, or loses it on the way. */
const isUnanswered = (error: unknown): error is LabwrightError =>
  error instanceof LabwrightError &&
  /unix\.socket|connection (refused|reset)|daemon .*(started|running)|no such host|no route to host|missing event connection|i\/o timeout|\bEOF\b|websocket: close/i.test(
    error.output ?? "",
  );

/** A name that a lab needs is used by something that is not ours. */
export const nameTaken = (kind: string, name: string): LabwrightError =>
  nameTakenOn(kind, name, "this Incus server");
