import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after } from "node:test";
import { type Interrupted, interrupt, onLab } from "./interrupted.ts";

/** A client of an engine that has the containers of a file, notes what it is asked, and removes what it is told to. */
const client = `#!/bin/sh
DIR=$(dirname "$0")
printf '%s\n' "$*" >>"$DIR/asked"
case "$*" in
  ps*) cat "$DIR/containers" ;;
  info*Limit*) echo "true true true" ;;
  info*) printf '29.0\tDebian\t2\toverlay2\t/var/lib/docker\tx86_64\t[]\tlinux%s\n' "$FAKE_ENGINE_SIZE" ;;
  rm*) : >"$DIR/containers" ;;
esac
`;

/** Programs of other engines, which are not there. */
const absent = ["incus", "vagrant", "VBoxManage"];

/** What asks an engine and changes nothing in it. */
const reading =
  /^(ps|info|network (ls|inspect)|image (ls|inspect)|container inspect|volume (ls|inspect)|context inspect|version)\b/;

interface Container {
  name: string;
  state?: string;
  id?: string;
  owner?: string;
  /** Another set than the first. */
  set?: string;
}

/** A lab of one machine, `cp`, on an engine that is a script; every command runs as its own process. */
export function dockerLab({ playbooks = "[]", machine = "{ name: cp, role: control-plane }" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "lwtest-command-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const programs = mkdtempSync(join(folder, "programs-"));
  const data = join(folder, "data");
  const file = join(folder, "lab.yaml");
  writeFileSync(
    file,
    `name: test\nprovider: docker\nsource: modules\nmachines: [${machine}]\nplaybooks: ${playbooks}\n`,
  );
  writeFileSync(join(programs, "docker"), client, { mode: 0o755 });
  for (const name of absent) writeFileSync(join(programs, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });

  const has = (...containers: Container[]): void => {
    const rows = containers.map(({ name, state = "running", id = "", owner = "", set }) =>
      [
        `c-${name}`,
        `labwright-test.${set === undefined ? "" : `${set}.`}${name}`,
        state,
        "",
        name,
        "127.0.0.1",
        "ssh-ed25519 AAAA",
        id,
        owner,
        set ?? "",
      ].join("\t"),
    );
    writeFileSync(join(programs, "containers"), rows.map((row) => `${row}\n`).join(""));
  };
  has();

  const lab = {
    folder,
    file,
    data,
    programs,
    has,
    /** `labwright ARGS` on the lab; `changes` is what the engine was asked meanwhile, but for reading. */
    async run(
      args: readonly string[],
      env: NodeJS.ProcessEnv = {},
    ): Promise<Interrupted & { changes: string[] }> {
      writeFileSync(join(programs, "asked"), "");
      const ended = await interrupt({
        args: onLab(file, args),
        env: {
          ...{ XDG_DATA_HOME: data, XDG_CACHE_HOME: join(folder, "cache"), HOME: folder, DOCKER_HOST: "" },
          ...{ KUBECONFIG: join(folder, "config"), PATH: `${programs}:${process.env.PATH}`, ...env },
        },
        until: async () => {},
        by: [],
      });
      const asked = readFileSync(join(programs, "asked"), "utf8").split("\n");
      return { ...ended, changes: asked.filter((line) => line !== "" && !reading.test(line)) };
    },
    /** Runs a command that has to be refused, with nothing changed. */
    async refused(args: string[], code: number, ...messages: RegExp[]): Promise<void> {
      const ran = await lab.run(args);
      assert.equal(ran.code, code, ran.output);
      for (const message of messages) assert.match(ran.output, message);
      assert.deepEqual(ran.changes, []);
    },
    /** The files that labwright has written. */
    written: (): string[] => {
      mkdirSync(data, { recursive: true });
      const entries = readdirSync(data, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files.map(({ parentPath, name }) => relative(data, join(parentPath, name))).sort();
    },
  };
  return lab;
}
