import { template } from "../template.ts";

/** A TCP port at which HAProxy listens, and the servers that it leads to. */
export interface Service {
  /** Unique in a configuration: letters, digits, `.`, `-` and `_`. */
  name: string;
  port: number;
  /** Decides how HAProxy finds out which servers are ready, and for how long a connection may be silent. */
  kind: "api-server" | "node-port" | "ssh";
  servers: readonly Server[];
}

interface Server {
  name: string;
  address: string;
  port: number;
}

/** The text of HAProxy's configuration. It has no port or socket for its administration. */
export const haproxyConfig = (services: readonly Service[]): string =>
  template("haproxy/haproxy.cfg", { services: services.map(serviceText).join("\n") });

const serviceText = ({ name, port, kind, servers }: Service): string =>
  [
    `listen ${name}`,
    `  bind :${port}`,
    template(`haproxy/${kind}.cfg`).trimEnd(),
    ...servers.map((one) => `  server ${one.name} ${one.address}:${one.port}`),
  ].join("\n");
