import { type Pulling, pullImage } from "../../artifacts/images/pull.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Docker } from "./docker.ts";

/** Errors of an engine whose own network settings are wrong. */
const settingsOf = ["image-unreachable", "image-unresolved", "image-certificate", "image-proxy"];

/** Makes the engine pull an image that it does not have; Docker's own images come from a second registry if the first refuses. */
export async function pullBase(docker: Docker, image: string, pulling: Pulling): Promise<void> {
  if (await docker.has("image", image)) return;
  const full = image.includes("/") ? image : `docker.io/library/${image}`;
  const engine = {
    name: "the Docker engine",
    async pull(wanted: string, progress: (text: string) => void): Promise<string | undefined> {
      const running = docker.run(sh`pull ${wanted}`, { signal: pulling.signal, onLine: progress });
      return running.then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof LabwrightError && error.code === "command-failed") return error.output ?? "";
          throw error;
        },
      );
    },
    async rename(from: string, to: string): Promise<void> {
      await docker.run(sh`tag ${from} ${to}`);
      await docker.run(sh`rmi ${from}`);
    },
  };
  await pullImage(engine, full, `pulling ${image}`, pulling).catch((error: unknown) => {
    throw error instanceof LabwrightError && settingsOf.includes(error.code) ? needsSettings(error) : error;
  });
}

const needsSettings = (error: LabwrightError): LabwrightError =>
  new LabwrightError({
    code: error.code,
    message: error.message,
    remedy:
      "The engine has its own proxy settings and certificates: set `proxies` in its /etc/docker/daemon.json, or in Docker Desktop under Settings > Resources > Proxies.",
    ...(error.output !== undefined && { output: error.output }),
    cause: error,
  });
