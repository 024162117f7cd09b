import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Something that goes wrong, for the requests that it is for. */
export interface Fault {
  method: string;
  /** Of the path behind /v1. */
  path: RegExp;
  /** How many requests meet it. Default: every one. */
  times?: number;
  /** Requests that get through before it. */
  skip?: number;
  /** Milliseconds before anything happens; an answer follows unless something else is told. */
  delay?: number;
  status?: number;
  code?: string;
  message?: string;
  headers?: Record<string, string>;
  /** The request is carried out, and its answer never sent: the connection breaks. */
  drop?: boolean;
  /** Called when a request meets it, before anything else. */
  met?: () => void;
}

/** Lets the first fault that is for a request happen. `answered` is told where nothing more is to be done. */
export async function meetFault(
  faults: Fault[],
  request: IncomingMessage,
  path: string,
  response: ServerResponse,
): Promise<"go-on" | "answered" | "drop"> {
  const fault = faults.find((one) => one.method === request.method && one.path.test(path));
  if (!fault) return "go-on";
  if (fault.skip !== undefined && fault.skip > 0) {
    fault.skip -= 1;
    return "go-on";
  }
  if (fault.times !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
  }
  fault.met?.();
  if (fault.delay !== undefined) await sleep(fault.delay);
  if (fault.drop) return "drop";
  if (fault.status === undefined) return "go-on";
  const error = {
    code: fault.code ?? "error",
    message: fault.message ?? "something went wrong",
    details: {},
  };
  response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
  response.end(JSON.stringify({ error }));
  return "answered";
}
