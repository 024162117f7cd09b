import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type Answer, ask, type RunningBoard } from "./board.ts";

/** What a lab serves at a NodePort. */
export interface LabSite {
  port: number;
  /** What it was asked, with the bodies. */
  asked: (Pick<IncomingMessage, "method" | "url" | "headers"> & { body: string })[];
  stop(): Promise<void>;
}

/** Serves what a test says; the body of a request is read first. `port` 0 takes a free one. */
export async function startSite(answer: RequestListener, port = 0): Promise<LabSite> {
  const asked: LabSite["asked"] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    text(request).then(
      (body) => {
        asked.push({ method, url, headers, body });
        answer(request, response);
      },
      () => response.destroy(),
    );
  });
  return { ...(await listening(server, port)), asked };
}

/** Sends bytes to whoever connects, whatever is asked. */
export const startRawSite = (speak: (socket: Socket) => void): Promise<Omit<LabSite, "asked">> =>
  listening(
    createTcpServer((socket) => {
      socket.on("error", () => {}).resume();
      speak(socket);
    }),
    0,
  );

async function listening(server: Server, wanted: number): Promise<Omit<LabSite, "asked">> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** The board's answer to whoever follows the link to a page. */
export const askForPage = (
  board: RunningBoard,
  path: string,
  headers: Record<string, string>,
): Promise<Answer> => ask(board, "GET", path, { headers });

/** Opens a page as a browser does that `has` opened another one, and returns the headers of later requests. */
export async function openPage(
  board: RunningBoard,
  path: string,
  headers: Record<string, string>,
  has: Record<string, string> = {},
): Promise<Record<string, string>> {
  const led = await askForPage(board, path, headers);
  if (led.status !== 303) throw new Error(led.text);
  const { pathname } = new URL(String(led.headers.location));
  const entered = await ask(board.pages, "GET", pathname, { headers: has });
  if (entered.status !== 303) throw new Error(entered.text);
  const [cookie = ""] = entered.headers["set-cookie"] ?? [];
  return { Cookie: cookie.split(";")[0] ?? "" };
}
