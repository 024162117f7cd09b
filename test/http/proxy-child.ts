import { request } from "../../src/http/client.ts";

/** Asks for the URL of the argument, and prints the status and the text of the answer. */
const response = await request(process.argv[2] ?? "");
process.stdout.write(`${response.status} ${await response.text()}`);
