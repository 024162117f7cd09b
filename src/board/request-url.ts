import type { IncomingMessage } from "node:http";
import { LabwrightError } from "../errors.ts";
import { isOwnHost } from "./hosts.ts";
import { wrongRequest } from "./reply.ts";

/** What a request asks for. Throws `wrong-host` and `wrong-request`. */
export function requestUrl(
  { url = "/", headers }: IncomingMessage,
  names: readonly string[],
  port: number,
): URL {
  if (!isOwnHost(headers.host, names, port))
    throw new LabwrightError({
      code: "wrong-host",
      message: `the board is not reached under the name ${JSON.stringify(headers.host ?? "")}`,
      remedy: "Use the link that you were given.",
    });
  const parsed = URL.parse(url, "http://board");
  if (!parsed || !url.startsWith("/")) throw wrongRequest("its path is wrong");
  return parsed;
}
