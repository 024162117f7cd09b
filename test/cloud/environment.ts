import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Computers } from "./computers.ts";
import { type CloudService, startCloud } from "./service.ts";

/** A cloud with its own data folder, which this process's providers use until `leave`. */
export async function enterCloud(
  computers: Computers,
): Promise<{ service: CloudService; folder: string; leave(): Promise<void> }> {
  const before = { ...process.env };
  const folder = await mkdtemp(join(tmpdir(), "labwright-test-cloud-"));
  const service = await startCloud(computers);
  process.env.XDG_CACHE_HOME ??= join(process.env.HOME ?? "", ".cache");
  process.env.XDG_DATA_HOME = folder;
  process.env.HCLOUD_TOKEN = service.token;
  process.env.HCLOUD_ENDPOINT = service.endpoint;
  process.env.LABWRIGHT_ADDRESS_SERVICE = service.addressService;
  const leave = async (): Promise<void> => {
    process.env = before;
    await service.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { service, folder, leave };
}
