import type { Seat, ServeSeat } from "../../board/labs.ts";
import { LabwrightError } from "../../errors.ts";
import { openRemoteSocket } from "../../hosts/remote-socket.ts";
import { sh } from "../../hosts/sh.ts";
import { connect } from "../../hosts/ssh.ts";
import type { Access, Host } from "../../hosts/types.ts";
import { isStudentCommand, studentCommand } from "../../recording/student-command.ts";
import { template } from "../../template.ts";

/** The machine at which a student logs in. */
export interface SeatMachine {
  name: string;
  access: Access;
  /** The student's account there. */
  account: string;
}

/** Where the command lies, and the folder of its token and socket: in memory, so that no snapshot and no baseline has them. */
const usualPlaces = { program: studentCommand, folder: "/run/labwright-seat" };

const taken = 10;

/**
 * Puts the student's command on the machine, and answers it as long as the connection stays. Errors: as `connect` and
 * `openRemoteSocket`, and `seat-taken`.
 */
export async function openSeat(
  { name, access, account }: SeatMachine,
  token: string,
  serve: ServeSeat,
  { signal, places = usualPlaces }: { signal?: AbortSignal; places?: typeof usualPlaces } = {},
): Promise<Seat> {
  const { program, folder } = places;
  const socket = `${folder}/board`;
  const host = await connect(name, access, { signal });
  try {
    await prepare(host, places, access.user);
    const content = template("seat/labwright", { folder });
    await host.write({ path: program, content, mode: 0o755 });
    const group = (await host.run(sh`id -g -- ${account}`)).stdout.trim();
    await host.write({
      path: `${folder}/token`,
      content: `${token}\n`,
      owner: `${account}:${group}`,
      mode: 0o600,
    });
    const seat = await openRemoteSocket(name, access, socket, serve, { signal });
    // The mode is 600 from the beginning: until now, only the login user could connect.
    await host.run(sh`chown -h -- ${account} ${socket}`).catch((error: unknown) => {
      seat.close();
      throw error;
    });
    return seat;
  } finally {
    await host.close();
  }
}

/** The folder is the login user's, as whom sshd makes the socket; others pass through it. */
async function prepare(host: Host, { program, folder }: typeof usualPlaces, user: string): Promise<void> {
  const command = sh`
    if [ -e ${program} ] || [ -L ${program} ]; then ${isStudentCommand(program)} || exit ${taken}; fi
    [ -d ${folder} ] && [ ! -L ${folder} ] || mkdir -- ${folder} || exit 1
    chown -- ${user} ${folder} && chmod 711 ${folder} && rm -f -- ${`${folder}/board`}`;
  const { code } = await host.run(command, { accept: [0, taken] });
  if (code !== taken) return;
  throw new LabwrightError({
    code: "seat-taken",
    message: `${host.name}: ${program} exists, and labwright has not written it, so the student has no command \`labwright\``,
    remedy: "Move it away: the board looks again within a minute.",
  });
}
