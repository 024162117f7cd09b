import { isUtf8 } from "node:buffer";
import { LabwrightError } from "../errors.ts";
import { contentOf, smallContent } from "./content.ts";
import { execute, type Job, type Place } from "./execute.ts";
import { containing, placing, receiving, temporaryName } from "./files.ts";
import { lastLines, shortened } from "./output.ts";
import { Command, lines, Secret, sh } from "./sh.ts";
import type { Host, Output, RemoteFile, RunOptions } from "./types.ts";

/** In milliseconds: gigabytes over a slow line, which move all the time. */
const writeTimeout = 24 * 60 * 60_000;

export interface HostParts {
  place: Place;
  /** The owner of files for which none is given. */
  defaultOwner: string | undefined;
  resolvePath?: (path: string) => string;
  close(): Promise<void>;
}

/** A host made from a function that opens channels to a shell. */
export function shellHost({ place, defaultOwner, resolvePath = (path) => path, close }: HostParts): Host {
  let roundTrips = 0;
  const runJob = async (job: Job, options: RunOptions): Promise<Output> => {
    roundTrips++;
    const output = await execute(place, job, options);
    const { accept = [0] } = options;
    if (accept === "any" || accept.includes(output.code)) return output;
    throw commandFailed(place.name, job.script, output);
  };

  return {
    name: place.name,
    get roundTrips() {
      return roundTrips;
    },
    run: (command, options = {}) => runJob({ script: command }, options),
    write: async (file) => {
      const target = { ...file, path: resolvePath(file.path) };
      await runJob(await writing(place.name, target, defaultOwner), { timeout: writeTimeout });
    },
    close,
  };
}

async function writing(host: string, file: RemoteFile, defaultOwner: string | undefined): Promise<Job> {
  const { path, owner = defaultOwner, mode = 0o644 } = file;
  if (!path.startsWith("/"))
    throw new LabwrightError({
      code: "path-relative",
      message: `${host}: "${path}" is not an absolute path`,
      remedy: "Write to a path that begins with /.",
    });
  const temporary = temporaryName(path);
  const { size, bytes, pieces, changed } = await contentOf(host, file);
  const place = placing(path, temporary, { owner, mode, changed });
  const named = (script: Command) => Command.of(script.reveal(), `write ${path}`);
  if (bytes && size <= smallContent && isUtf8(bytes) && !bytes.includes(0)) {
    const inside = containing(path, temporary, sh`${new Secret(bytes.toString())}`, size, owner);
    return { script: named(lines([inside, place])) };
  }
  return { receive: receiving(path, temporary, size, owner), script: named(place), input: pieces() };
}

export function commandFailed(
  host: string,
  command: Command,
  { code, stdout, stderr }: Output,
): LabwrightError {
  return new LabwrightError({
    code: "command-failed",
    message: `${host}: \`${shortened(command.shown)}\` ended with code ${code}`,
    remedy: "Correct what the command reports below, then run labwright again.",
    output: command.mask(lastLines(stderr, stdout)),
  });
}
