import { defaultMinor } from "../versions.ts";
import { defaultRuntime } from "./available.ts";
import { assertLabName } from "./lab-name.ts";
import { apiVersion, defaults } from "./schema.ts";

export interface InitOptions {
  /** One machine alone, on whose control plane pods run. */
  single?: boolean;
}

const severalMachines = `  - { name: cp, role: control-plane }
  # A count adds a number to the name: w1 and w2.
  - { name: w, role: worker, count: 2 }`;

const oneMachine = `  # Without a worker, pods run on the control plane.
  - { name: cp, role: control-plane }`;

/**
 * The lab file that `labwright init` writes: all defaults but the machine alone, with the purpose of each. Throws a LabwrightError
 * `lab-name` if the name is not valid for a lab.
 */
export function initText(name: string, { single = false }: InitOptions = {}): string {
  assertLabName(name);
  return `# A lab: its machines, its Kubernetes cluster, and what is done on them. \`labwright up\` builds it.
# ${single ? "Every line but the machines'" : "Every line"} is a default and may be left out. docs/lab-file.md lists all keys. An editor completes and checks them
# after \`labwright schema >lab.schema.json\`, with this as the first line:
#   yaml-language-server: $schema=lab.schema.json
apiVersion: ${apiVersion}

# Also the name of the context in your kubeconfig. Labs of different names live side by side.
name: ${name}

# What creates the machines.
provider: docker

# Where programs and images come from: upstream, modules (compiled here from Go modules), or auto: what works.
source: auto

machines:
${single ? oneMachine : severalMachines}

cluster:
  version: "${defaultMinor}"
  runtime: ${defaultRuntime}
  network:
    plugin: calico
    typha: true
    # Each node takes a /24 of it. Neither may overlap a network that your computer is on.
    podSubnet: ${defaults.podSubnet}
    serviceSubnet: ${defaults.serviceSubnet}

# What is done on the machines: files in playbooks/.
playbooks: [${defaults.playbooks.join(", ")}]
`;
}
