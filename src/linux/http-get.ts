import { type Command, sh } from "../hosts/sh.ts";

/** An HTTP address to ask; words that only the machine knows are commands: `sh\`"$address"\``. */
export interface Asked {
  host: string | Command;
  port: string | number | Command;
  path: string;
}

/** HTTP/1.0, so that the answer ends with the connection and is not sent in chunks. */
const script = `exec 3<>"/dev/tcp/$1/$2" && printf 'GET %s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' "$3" "$1" >&3 && head -c 65536 <&3`;

/**
 * Asks over HTTP and prints the whole answer, with its head; nothing if there is none. In bash alone, because a machine
 * may have no curl, or one that reads a user's ~/.curlrc.
 */
export const httpGet = ({ host, port, path }: Asked, seconds = 3): Command =>
  sh`timeout ${seconds} bash -c ${script} bash ${host} ${port} ${path} 2>/dev/null`;

/** Prints the status of an answer; 000 if there is none. */
export const statusIn = sh`awk 'NR == 1 && /^HTTP/ { print $2; found = 1 } END { if (!found) print "000" }'`;

/** Prints the body of an answer. */
export const bodyIn = sh`sed '1,/^\r*$/d'`;

/** Prints the page of a URL, if the request succeeds. */
export function page(asked: Asked): Command {
  return sh`{ answer=$(${httpGet(asked)}); case "$(printf %s "$answer" | ${statusIn})" in 2??) printf %s "$answer" | ${bodyIn} | head -c 4096 ;; esac; }`;
}

/** A URL as `httpGet` takes it. */
export function askedAt(url: string): Asked {
  const { hostname, port, pathname, search } = new URL(url);
  return { host: hostname, port: port === "" ? 80 : port, path: `${pathname}${search}` };
}
