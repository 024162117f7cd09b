import { calicoNode, manifests } from "./calico.ts";
import type { Check } from "./check.ts";
import { hosts } from "./hosts.ts";
import { images } from "./images.ts";
import { newer, packages } from "./packages.ts";
import { kubeadmImages, versions } from "./programs.ts";
import { signatures } from "./signatures.ts";
import { actions, engine, hetzner, npm } from "./tools.ts";

export const checks: readonly Check[] = [
  hosts,
  signatures,
  packages,
  newer,
  versions,
  kubeadmImages,
  images,
  manifests,
  calicoNode,
  engine,
  hetzner,
  npm,
  actions,
];
