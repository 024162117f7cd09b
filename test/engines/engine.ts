import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { pidOf, untilAnswers, untilGone } from "../../src/providers/engine/daemon.ts";

/** A Docker engine that a test starts beside whatever runs on this computer. */
export interface TestEngine {
  /** Its network namespace and folder are called after it. */
  name: string;
  /** The folder of its programs; what it lacks is taken from this computer. */
  programs: string;
  /** More of its daemon.json. */
  settings?: Record<string, unknown>;
}

const folderOf = ({ name }: TestEngine): string => `/var/tmp/labwright-engine-${name}`;
/** ip-netns(8): what uses the engine has to run there. */
export const namespaceOf = ({ name }: TestEngine): string => `labwright-engine-${name}`;
const pidFile = (engine: TestEngine): string => join(folderOf(engine), "docker.pid");
export const endpoint = (engine: TestEngine): string => `unix://${join(folderOf(engine), "docker.sock")}`;
/** For XDG_DATA_HOME of what uses it. */
export const homeOf = (engine: TestEngine): string => join(folderOf(engine), "home");
export const pathOf = ({ programs }: TestEngine): string => `${programs}:${process.env.PATH}`;

/**
 * Starts it in its own network namespace: two engines in one would give containers on docker0 the same addresses, and
 * the second would empty the first one's chains. What a killed run has left is removed first.
 */
export async function startEngine(engine: TestEngine): Promise<void> {
  await stopEngine(engine);
  await bootEngine(engine);
}

/** Starts it with all that it had, as a computer does. */
export async function bootEngine(engine: TestEngine): Promise<void> {
  const folder = folderOf(engine);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "daemon.json");
  const configuration = {
    "data-root": join(folder, "data"),
    "exec-root": join(folder, "run"),
    pidfile: pidFile(engine),
    hosts: [endpoint(engine)],
    ...engine.settings,
  };
  await writeFile(file, JSON.stringify(configuration));
  const log = join(folder, "dockerd.log");
  await localHost().run(sh`
    export PATH=${pathOf(engine)}
    ip netns add ${namespaceOf(engine)}
    ip -n ${namespaceOf(engine)} link set lo up
    # ip-netns(8) would hide the cgroups below /sys, which dockerd needs.
    setsid -f nsenter ${`--net=/run/netns/${namespaceOf(engine)}`} dockerd --config-file ${file} >${log} 2>&1 </dev/null
    ${untilAnswers(sh`DOCKER_HOST=${endpoint(engine)} docker version`, [log])}`);
}

/** Ends the daemon as a computer that is shut down does: its containers are stopped first. */
export async function shutDown(engine: TestEngine): Promise<void> {
  const pid = await pidOf("dockerd", pidFile(engine));
  if (pid === undefined) return;
  await localHost().run(sh`
    kill ${pid}
    ${untilGone(pid, [folderOf(engine)])}
    ip netns delete ${namespaceOf(engine)}
    rm -rf ${join(folderOf(engine), "run")}`);
}

/** Ends the daemon and its containers at one moment, as a computer that loses power does; it has none of their cgroups afterwards. */
export async function cutPower(engine: TestEngine): Promise<void> {
  const pid = await pidOf("dockerd", pidFile(engine));
  if (pid === undefined) return;
  await localHost().run(sh`
    export PATH=${pathOf(engine)} DOCKER_HOST=${endpoint(engine)}
    machines=$(docker ps --quiet --no-trunc)
    kill -9 ${pid} $(pgrep -f ${join(folderOf(engine), "run")}) $(docker inspect --format '{{.State.Pid}}' $machines)
    ${untilGone(pid, [folderOf(engine)])}
    for machine in $machines; do
      for attempt in $(seq 50); do
        find /sys/fs/cgroup -depth -type d -path "*$machine*" -exec rmdir {} + 2>/dev/null
        [ -n "$(find /sys/fs/cgroup -type d -path "*$machine*" -print -quit)" ] || break
        sleep 0.2
      done
    done
    ip netns delete ${namespaceOf(engine)}
    rm -rf ${join(folderOf(engine), "run")}`);
}

/** Ends it with its containers, and removes all that it had. */
export async function stopEngine(engine: TestEngine): Promise<void> {
  const pid = await pidOf("dockerd", pidFile(engine));
  if (pid !== undefined)
    await localHost().run(sh`
      export PATH=${pathOf(engine)} DOCKER_HOST=${endpoint(engine)}
      docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null
      docker network ls --quiet --filter type=custom | xargs -r docker network rm >/dev/null
      kill ${pid}
      ${untilGone(pid, [folderOf(engine)])}`);
  await localHost().run(sh`ip netns delete ${namespaceOf(engine)} 2>/dev/null; true`);
  await rm(folderOf(engine), { recursive: true, force: true });
}
