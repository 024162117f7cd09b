/** The lab file's values of which a course chooses one each. */
export const dimensions = {
  version: ["1.36", "1.37", "1.35"],
  runtime: ["containerd", "cri-o", "docker"],
  network: ["calico", "calico-without-typha", "flannel-vxlan", "flannel-host-gw", "none"],
  shape: ["two", "single", "three-control-planes"],
} as const;

type Dimension = keyof typeof dimensions;
export type Combination = { [Key in Dimension]: (typeof dimensions)[Key][number] };

const names = Object.keys(dimensions) as Dimension[];

/** Each value of one dimension with each of another: `runtime=cri-o network=none`. */
export const pairsOf = (one: Combination): string[] =>
  names.flatMap((first, index) =>
    names.slice(index + 1).map((second) => `${first}=${one[first]} ${second}=${one[second]}`),
  );

const everything: Combination[] = dimensions.version.flatMap((version) =>
  dimensions.runtime.flatMap((runtime) =>
    dimensions.network.flatMap((network) =>
      dimensions.shape.map((shape): Combination => ({ version, runtime, network, shape })),
    ),
  ),
);

export const everyPair: ReadonlySet<string> = new Set(everything.flatMap(pairsOf));

/**
 * Few combinations that together have every pair: always the one next that has most of the pairs that are missing. The
 * network changes slowest, so that clusters of one release follow each other.
 */
export function pairwise(): Combination[] {
  const missing = new Set(everyPair);
  const chosen: Combination[] = [];
  while (missing.size > 0) {
    const gain = (one: Combination): number => pairsOf(one).filter((pair) => missing.has(pair)).length;
    const best = everything.reduce((most, one) => (gain(one) > gain(most) ? one : most));
    chosen.push(best);
    for (const pair of pairsOf(best)) missing.delete(pair);
  }
  return chosen.sort((a, b) => a.version.localeCompare(b.version));
}

const networks: Record<Combination["network"], string> = {
  calico: "{ plugin: calico }",
  "calico-without-typha": "{ plugin: calico, typha: false }",
  "flannel-vxlan": "{ plugin: flannel }",
  "flannel-host-gw": "{ plugin: flannel, backend: host-gw }",
  none: "{ plugin: none }",
};

const machines: Record<Combination["shape"], string[]> = {
  single: ["{ name: cp, role: control-plane }"],
  two: ["{ name: cp, role: control-plane }", "{ name: w1, role: worker }"],
  "three-control-planes": [
    "{ name: cp, role: control-plane }",
    "{ name: cp2, role: control-plane }",
    "{ name: cp3, role: control-plane }",
    "{ name: lb, role: load-balancer }",
    "{ name: w1, role: worker }",
  ],
};

/** The names of the machines that become nodes. */
export const nodesOf = ({ shape }: Combination): string[] =>
  machines[shape].map((line) => /name: (\w+)/.exec(line)?.[1] ?? "").filter((name) => name !== "lb");

export const labFileOf = ({ version, runtime, network, shape }: Combination): string => `machines:
${machines[shape].map((line) => `  - ${line}\n`).join("")}\
cluster: { version: "${version}", runtime: ${runtime}, network: ${networks[network]} }
`;
