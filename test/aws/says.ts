import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What EC2 answers to a request; undefined: nothing, ever. */
export type Saying = { status: number; body: string } | undefined;

export interface Ec2Says {
  endpoint: string;
  /** Every request's action: `RunInstances`. */
  calls: string[];
  close(): Promise<void>;
}

/** A service on 127.0.0.1 that says to EC2's clients what a test wants to be said. */
export async function startEc2(say: (action: string, region: string) => Saying): Promise<Ec2Says> {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const action = new URLSearchParams(body).get("Action") ?? "";
    calls.push(action);
    // The signature names the region that a request is for.
    const [, region = ""] =
      /Credential=[^/]+\/\d+\/([\w-]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const saying = say(action, region);
    if (!saying) return;
    response.writeHead(saying.status, { "content-type": "text/xml" });
    response.end(saying.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const refusal = (status: number, code: string, message = "so it is"): Saying => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});

/** Instances of a lab, each in the state given. */
export const instances = (...states: string[]): Saying => ({
  status: 200,
  body: `<DescribeInstancesResponse><reservationSet>${states
    .map(
      (state, index) =>
        `<item><instancesSet><item><instanceId>i-${index + 1}</instanceId><instanceState><name>${state}</name></instanceState><privateIpAddress>10.88.0.10</privateIpAddress><tagSet><item><key>labwright-lab</key><value>one</value></item><item><key>labwright-expiry</key><value>20200101T000000Z</value></item></tagSet></item></instancesSet></item>`,
    )
    .join("")}</reservationSet></DescribeInstancesResponse>`,
});

/** A test does not see the user's settings for AWS; returns a function that restores them. */
export function onlyAws(variables: Record<string, string>): () => void {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nonexistent/config",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
    AWS_ACCESS_KEY_ID: "AKIATESTING",
    AWS_SECRET_ACCESS_KEY: "s3cret",
    ...variables,
  });
  return () => {
    process.env = before;
  };
}
