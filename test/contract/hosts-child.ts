import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { connect } from "../../src/hosts/ssh.ts";

/** A client to be killed: its one message says where to go and how long to sleep there. */
process.once("message", async ({ access, seconds }) => {
  const host = access ? await connect("child", access) : localHost();
  await host.run(sh`sh -c ${`sleep ${seconds} & timeout 1000 sleep ${seconds}`}`);
});
