import { localHost } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";

/**
 * Docker drops what is forwarded and not its own, also between machines of one bridge if the kernel filters
 * bridges (net.bridge.bridge-nf-call-iptables). Its chain DOCKER-USER is the place for exceptions.
 */
export async function passDocker(network: string): Promise<void> {
  await localHost().run(
    sh`command -v iptables && iptables -w -n -L DOCKER-USER || exit 0
    for side in -i -o; do
      iptables -w -C DOCKER-USER $side ${network} -m comment --comment labwright -j ACCEPT ||
        iptables -w -I DOCKER-USER $side ${network} -m comment --comment labwright -j ACCEPT
    done`,
    { accept: "any" },
  );
}

/** Removes what `passDocker` added. */
export async function forgetDocker(network: string): Promise<void> {
  await localHost().run(
    sh`command -v iptables || exit 0
    for side in -i -o; do
      while iptables -w -D DOCKER-USER $side ${network} -m comment --comment labwright -j ACCEPT; do :; done
    done`,
    { accept: "any" },
  );
}
