import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Namespace {
  /** The address of this computer on the line between the two, where a proxy can listen. */
  outside: string;
  /** What to put before a command so that it runs inside, with this computer's mounts. */
  enter: string[];
  /** The same with the interfaces in /sys that are really there, as on a separate computer; for a command's lifetime. */
  inhabit: string[];
  close(): Promise<void>;
}

/** sysfs shows the network of whoever mounted it; the control groups below it are separate mounts. */
const ownSys =
  'mount --rbind /sys/fs/cgroup /mnt && mount -t sysfs sysfs /sys && mount --rbind /mnt /sys/fs/cgroup && exec "$@"';

/** A separate network: one line to this computer, and no route to anything behind it. Needs root. */
export async function makeNamespace(name: string): Promise<Namespace> {
  const third = process.pid % 250;
  const [outside, inside] = [`10.213.${third}.1`, `10.213.${third}.2`];
  const [near, far] = [`lwo${process.pid}`, `lwi${process.pid}`];
  const ip = (words: string) => run("ip", words.split(" "));
  await ip(`netns add ${name}`);
  const close = async () => {
    await ip(`link delete ${near}`).catch(() => undefined);
    await ip(`netns delete ${name}`).catch(() => undefined);
  };
  try {
    await ip(`link add ${near} type veth peer name ${far}`);
    await ip(`link set ${far} netns ${name}`);
    await ip(`address add ${outside}/24 dev ${near}`);
    await ip(`link set ${near} up`);
    await ip(`-n ${name} address add ${inside}/24 dev ${far}`);
    await ip(`-n ${name} link set ${far} up`);
    await ip(`-n ${name} link set lo up`);
  } catch (error) {
    await close();
    throw error;
  }
  const enter = ["nsenter", `--net=/run/netns/${name}`];
  return { outside, enter, inhabit: [...enter, "unshare", "--mount", "sh", "-c", ownSys, "sh"], close };
}
