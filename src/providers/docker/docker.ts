import { LabwrightError } from "../../errors.ts";
import { localStream, type StreamOptions } from "../../hosts/local.ts";
import { Command, lines, Secret, sh } from "../../hosts/sh.ts";
import type { Host, RunOptions } from "../../hosts/types.ts";
import { engineGone, nameTaken as nameTakenOn } from "../engine/errors.ts";

/** The labels that mark what is ours; `down` finds resources, and leftovers of killed runs, by them alone. */
export const label = {
  lab: "labwright.lab",
  id: "labwright.id",
  owner: "labwright.owner",
  machine: "labwright.machine",
  address: "labwright.address",
  hostKey: "labwright.host-key",
  maker: "labwright.maker",
  entrance: "labwright.entrance",
  guard: "labwright.guard",
  /** The set of machines that something belongs to, on everything but the first set's. */
  set: "labwright.set",
  /** The name of a snapshot, on its images and volumes. */
  snapshot: "labwright.snapshot",
  /**
   * On a snapshot's image the volume of shared images that its machine needs; on its volume a random word; on a volume of shared
   * images that was imported the id of the one that it is a copy of.
   */
  copy: "labwright.copy",
} as const;

/** The flags by which the engine labels what it makes. */
export const labelFlags = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);

/**
 * The standard input of a command. No files are named to it: a client that is a snap, or runs in another
 * mount namespace, cannot read folders that are hidden or not its own (canonical/docker-snap#34, #334).
 */
export type Input = Uint8Array | { localFile: string };

/** Bytes are in the script that the shell reads, so that no secret is in an argument list or a file. */
const fed = (input: Input, command: Command): Command => {
  if ("localFile" in input) return sh`cat ${input.localFile} | ${command}`;
  const text = Buffer.from(input).toString("base64");
  const whole = sh`printf %s ${new Secret(text)} | base64 -d | ${command}`;
  return Command.of(whole.reveal(), command.shown, [text]);
};

/** The docker command line, bound to one engine. It negotiates the API's version with old and new engines itself. */
export class Docker {
  readonly #host: Host;
  readonly #socket: string | undefined;

  /** Without `socket` the command line's own defaults hold: DOCKER_HOST, or the current context. */
  constructor(host: Host, socket?: string) {
    this.#host = host;
    this.#socket = socket;
  }

  get socket(): string | undefined {
    return this.#socket;
  }

  /**
   * Runs `docker <command>` and returns what it printed, without the last newline. Throws `engine-gone` if the
   * engine does not answer, or stops answering.
   */
  async run(
    command: Command,
    options: RunOptions & { input?: Input; environment?: Command } = {},
  ): Promise<string> {
    const { input, environment, ...rest } = options;
    const docker = this.#commandLine(command);
    const fedDocker = input === undefined ? docker : fed(input, docker);
    const whole = environment === undefined ? fedDocker : lines([environment, fedDocker]);
    const output = await this.#host.run(whole, rest).catch((error: unknown) => {
      throw goneIn(error);
    });
    return output.stdout.trimEnd();
  }

  /** Runs `docker <command>`, and yields the bytes that it prints. Throws as `run` does. */
  async *stream(command: Command, options: StreamOptions = {}): AsyncGenerator<Uint8Array> {
    try {
      yield* localStream(this.#commandLine(command), options);
    } catch (error) {
      throw goneIn(error);
    }
  }

  #commandLine(command: Command): Command {
    const engine = this.#socket === undefined ? sh`` : sh`DOCKER_HOST=${`unix://${this.#socket}`}`;
    return sh`${engine} docker ${command}`;
  }

  /** The lines that `docker <command>` printed; none if the output is empty. */
  async list(command: Command): Promise<string[]> {
    const text = await this.run(command);
    return text === "" ? [] : text.split("\n");
  }

  /** Whether such an object exists. */
  async has(kind: "image" | "volume" | "network" | "container", name: string): Promise<boolean> {
    return this.run(sh`${kind} inspect ${name}`).then(
      () => true,
      (error: unknown) => {
        if (error instanceof LabwrightError && error.code === "command-failed") return false;
        throw error;
      },
    );
  }
}

/** The engine's own description. */
export interface EngineFacts {
  version: string;
  operatingSystem: string;
  cgroupVersion: string;
  storageDriver: string;
  rootFolder: string;
  architecture: string;
  /** As JSON: `["name=seccomp,profile=builtin","name=rootless"]`. */
  securityOptions: string;
  /** `linux` or `windows`: what its containers are. */
  type: string;
  /** Of its computer or virtual machine; 0 if it does not say so. */
  cpus: number;
  /** Of its computer or virtual machine, in bytes; 0 if it does not say so. */
  memory: number;
}

/** Asks an engine for its description; undefined if none answers. */
export async function askEngine(docker: Docker): Promise<EngineFacts | undefined> {
  const fields = [
    ...[
      "{{.ServerVersion}}",
      "{{.OperatingSystem}}",
      "{{.CgroupVersion}}",
      "{{.Driver}}",
      "{{.DockerRootDir}}",
    ],
    ...["{{.Architecture}}", "{{json .SecurityOptions}}", "{{.OSType}}", "{{.NCPU}}", "{{.MemTotal}}"],
  ];
  const text = await docker.run(sh`info --format ${fields.join("\t")}`, { timeout: 15_000 }).catch(() => "");
  const [version, operatingSystem, cgroupVersion, storageDriver, rootFolder, architecture, ...rest] =
    text.split("\t");
  const [security, type, cpus, memory] = rest;
  if (!version || architecture === undefined) return undefined;
  return {
    version,
    operatingSystem: operatingSystem ?? "",
    cgroupVersion: cgroupVersion ?? "",
    storageDriver: storageDriver ?? "",
    rootFolder: rootFolder ?? "",
    architecture,
    securityOptions: security ?? "",
    type: type ?? "",
    cpus: Number(cpus ?? 0),
    memory: Number(memory ?? 0),
  };
}

/** What the docker command line prints if it does not reach the engine, or loses it on the way. */
export const isUnanswered = (error: unknown): error is LabwrightError =>
  error instanceof LabwrightError &&
  // The engine's own report about a registry, such as an EOF on a bad line, is an answer.
  !/Error response from daemon/i.test(error.output ?? "") &&
  /cannot connect to the docker daemon|failed to connect to the docker api|error during connect|connection refused|(^|[\s:])EOF\s*$/i.test(
    error.output ?? "",
  );

const goneIn = (error: unknown): unknown =>
  isUnanswered(error) ? engineGone("the Docker engine", error) : error;

/** A name that a lab needs is used by something that is not ours. */
export const nameTaken = (kind: string, name: string): LabwrightError =>
  nameTakenOn(kind, name, "this engine");

export const engineMissing = (): LabwrightError =>
  new LabwrightError({
    code: "engine-missing",
    message: "no Docker engine is running on this computer",
    remedy:
      "Run `labwright doctor --fix`, which installs and starts one; or start your own, then run the command again.",
  });
