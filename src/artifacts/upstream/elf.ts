import { open } from "node:fs/promises";
import { LabwrightError } from "../../errors.ts";
import type { Architecture } from "../../hosts/architecture.ts";

/** e_machine in the header of an ELF file, bytes 18 and 19: elf(5), EM_X86_64 and EM_AARCH64. */
const machines: Record<Architecture, number> = { amd64: 62, arm64: 183 };

/** Whether a file is a program for Linux of any processor. */
export const isElf = async (file: string): Promise<boolean> => (await headerOf(file)) !== undefined;

/** Throws `wrong-processor` if a program is for another processor than the machine's. */
export async function assertBuiltFor(
  file: string,
  architecture: Architecture,
  source: string,
): Promise<void> {
  const machine = (await headerOf(file))?.readUInt16LE(18);
  if (machine === machines[architecture]) return;
  throw new LabwrightError({
    code: "wrong-processor",
    message: `${source} holds a program that is not for ${architecture} (ELF machine ${machine ?? "unknown"})`,
    remedy: "Use another mirror: this one serves packages for another processor.",
  });
}

async function headerOf(file: string): Promise<Buffer | undefined> {
  const handle = await open(file);
  try {
    const header = Buffer.alloc(20);
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    return bytesRead === header.length && header.readUInt32BE(0) === 0x7f454c46 ? header : undefined;
  } finally {
    await handle.close();
  }
}
