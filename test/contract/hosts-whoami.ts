import { sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";
import type { Access } from "../../src/hosts/types.ts";

/** Runs `id -un` there, and closes. */
export async function whoami(access: Access, name = "lwtest"): Promise<string> {
  const host = await connect(name, access);
  try {
    return (await host.run(sh`id -un`)).stdout.trim();
  } finally {
    await host.close();
  }
}
