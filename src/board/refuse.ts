import type { IncomingMessage, ServerResponse } from "node:http";
import { LabwrightError } from "../errors.ts";
import { html } from "../ui/html.ts";
import { sentence } from "../wording.ts";
import { refusalOf, send, sendJson, statusOf } from "./reply.ts";
import type { Refusal } from "./view.ts";

/** Answers with why a request was refused: a small page for a browser that shows it, JSON for a script. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  report: (error: unknown) => void,
): void {
  if (!(error instanceof LabwrightError)) report(error);
  if (response.headersSent) return void response.destroy();
  const refusal = refusalOf(error);
  const status = statusOf(refusal);
  // What is left of a request that was too long is not waited for.
  const rest = request.complete ? {} : { Connection: "close" };
  const headers = { ...rest, ...(status === 429 && { "Retry-After": "1" }) };
  if (request.headers.accept?.includes("text/html"))
    send(response, status, "text/html; charset=utf-8", pageOf(refusal), headers);
  else sendJson(response, status, refusal, headers);
}

const pageOf = ({ message, remedy }: Refusal): string =>
  html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>labwright</title></head>
<body><h1>labwright</h1><p><strong>${sentence(message)}</strong></p><p>${remedy}</p></body>
</html>
`.text;
