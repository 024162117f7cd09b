import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { cloudSchema } from "../../../src/lab/cloud.ts";
import { openCloud } from "../../../src/providers/pulumi/clouds.ts";
import { callerNetwork } from "../../../src/providers/pulumi/public-ip.ts";
import { type Ec2Says, instances, onlyAws, startEc2 } from "../../aws/says.ts";
import { noComputers } from "../../cloud/computers.ts";
import { type CloudService, startCloud } from "../../cloud/service.ts";

/**
 * A network that is left by a proxy only: the names end in `.invalid`, which no DNS resolves, and the proxy knows which
 * service each stands for. What it does not know it refuses.
 */
const places = new Map<string, number>();
let seen: string[] = [];
let cloud: CloudService;
let ec2: Ec2Says;
let putBack: () => void;

const portOf = (url: string) => Number(new URL(url).port);

const proxy = createServer((asked, answer) => {
  const { hostname, pathname, search } = new URL(asked.url ?? "");
  seen.push(`${asked.method} ${hostname}`);
  const { method = "GET", headers } = asked;
  const onward = forward(
    { port: places.get(hostname), path: `${pathname}${search}`, method, headers },
    (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    },
  );
  asked.pipe(onward);
});
proxy.on("connect", (asked, socket) => {
  seen.push(`CONNECT ${asked.url}`);
  const port = places.get(asked.url?.split(":")[0] ?? "");
  if (port === undefined) return socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  const onward = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
});

before(async () => {
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  cloud = await startCloud(noComputers());
  ec2 = await startEc2(() => instances("running"));
  places.set("api.hetzner.invalid", portOf(cloud.endpoint));
  places.set("address.invalid", portOf(cloud.endpoint));
  places.set("ec2.invalid", portOf(ec2.endpoint));
  putBack = onlyAws({
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: "",
    no_proxy: "",
    HCLOUD_TOKEN: cloud.token,
    HCLOUD_ENDPOINT: "http://api.hetzner.invalid/v1",
    LABWRIGHT_ADDRESS_SERVICE: "http://address.invalid/address",
  });
});
after(async () => {
  putBack();
  proxy.closeAllConnections();
  proxy.close();
  await Promise.all([cloud.close(), ec2.close()]);
});
beforeEach(() => {
  seen = [];
});

const open = (choice: object) => openCloud(cloudSchema.parse(choice), process.env);
const went = (place: string) =>
  assert.ok(
    seen.some((one) => one.includes(place)),
    seen.join() || "nothing",
  );

test("Hetzner's API is asked through the proxy", async () => {
  assert.deepEqual(await (await open({})).list("one"), []);
  went("api.hetzner.invalid");
});

test("this computer's address is asked for through the proxy", async () => {
  assert.match(await callerNetwork(process.env, AbortSignal.timeout(5000)), /^127\.0\.0\.1\/32$/);
  went("address.invalid");
});

test("EC2 is asked through the proxy", async () => {
  process.env.AWS_ENDPOINT_URL = "http://ec2.invalid";
  const resources = await (await open({ name: "aws" })).list("one");
  assert.equal(resources.filter(({ kind }) => kind === "server").length, 1);
  went("ec2.invalid");
});

test("EC2 is asked for by a tunnel where it speaks HTTPS", async () => {
  process.env.AWS_ENDPOINT_URL = "https://ec2.elsewhere.invalid";
  await assert.rejects(async () => (await open({ name: "aws" })).list("one"), { code: "cloud-silent" });
  went("CONNECT ec2.elsewhere.invalid:443");
});

test("what NO_PROXY names is asked directly", async () => {
  process.env.NO_PROXY = process.env.no_proxy = "127.0.0.1";
  process.env.AWS_ENDPOINT_URL = ec2.endpoint;
  await (await open({ name: "aws" })).list("one");
  assert.deepEqual(seen, []);
});
