import { readFile } from "node:fs/promises";

/** Linux capabilities by their bit, in the order of the kernel's include/uapi/linux/capability.h. */
const names = [
  "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
  "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
  "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
  "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
  "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
  "CHECKPOINT_RESTORE",
] as const; // biome-ignore format: one list, read as the header is

/** The capabilities whose bits are set in a hexadecimal mask, such as `CapBnd:` in /proc/PID/status. */
export const capabilitiesIn = (mask: string): string[] =>
  names.filter((_, bit) => (BigInt(`0x${mask}`) >> BigInt(bit)) & 1n);

/** Capabilities that a system container needs: mounts, networks, devices. */
export const needed = ["SYS_ADMIN", "NET_ADMIN", "MKNOD", "SYS_CHROOT", "SYS_PTRACE"];

/** The bounding set that this computer's processes, an engine among them, can have at most. */
export async function boundingSet(): Promise<string[]> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask === undefined ? [...names] : capabilitiesIn(mask);
}

/** The capability that an engine names when it refuses one that it does not know. */
export const unknownCapability = (message: string): string | undefined =>
  /unknown capability:?\s*"?(?:CAP_)?([A-Z_]+)/i.exec(message)?.[1];
