import type { Component } from "../types.ts";
import type { ImageConfig } from "./archive.ts";

/** What an image is made from, as plain data: a hash of it is part of the image's identity. */
export interface ImageRecipe {
  /** `userland` is a small Debian; `scratch` has nothing but folders that programs expect. */
  base: "scratch" | "userland";
  /** Where programs go: path in the image → the program. */
  programs: Record<string, { component: Component; program: string }>;
  /** Second names for programs: path → path. */
  links?: Record<string, string>;
  folders?: Record<string, { mode: number; uid: number }>;
  texts?: Record<string, string>;
  symlinks?: Record<string, string>;
  config: ImageConfig;
}

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A static program alone, found through PATH: static pods call it by its bare name. */
const inPath = (component: Component, ...programs: string[]): ImageRecipe => ({
  base: "scratch",
  programs: Object.fromEntries(
    programs.map((program) => [`/usr/local/bin/${program}`, { component, program }]),
  ),
  config: { Env: [path], Cmd: [`/usr/local/bin/${programs[0]}`], WorkingDir: "/" },
});

/** kubeadm's images, by the last part of their names. */
export const kubernetesRecipes: Record<string, ImageRecipe> = {
  "kube-apiserver": inPath("kubernetes", "kube-apiserver"),
  "kube-controller-manager": inPath("kubernetes", "kube-controller-manager"),
  "kube-scheduler": inPath("kubernetes", "kube-scheduler"),
  "kube-proxy": { ...inPath("kubernetes", "kube-proxy"), base: "userland" },
  etcd: inPath("etcd", "etcd", "etcdctl", "etcdutl"),
  coredns: {
    base: "scratch",
    programs: { "/coredns": { component: "coredns", program: "coredns" } },
    config: {
      Env: [path],
      Entrypoint: ["/coredns"],
      WorkingDir: "/",
      ExposedPorts: { "53/udp": {}, "53/tcp": {} },
    },
  },
  pause: {
    base: "scratch",
    programs: { "/pause": { component: "lab", program: "pause" } },
    config: { Env: [path], Entrypoint: ["/pause"], User: "65535:65535", WorkingDir: "/" },
  },
};

/** The user that Calico's own images run as. Their pods say runAsNonRoot, which only a number can satisfy. */
const calicoUser = 999;

/** The plugins that calico/cni brings along, besides Calico's own. */
const chainedPlugins = ["bandwidth", "host-local", "loopback", "portmap"];

/** Calico's images, by the last part of their names; paths as the probes and commands of its manifest want them. */
export const calicoRecipes: Record<string, ImageRecipe> = {
  node: {
    base: "userland",
    programs: {
      "/usr/bin/calico-node": { component: "calico", program: "calico-node" },
      "/usr/bin/calico-node-run": { component: "lab", program: "calico-node-run" },
    },
    config: { Env: [path], Cmd: ["/usr/bin/calico-node-run"], WorkingDir: "/" },
  },
  cni: {
    base: "scratch",
    programs: {
      "/opt/cni/bin/install": { component: "calico", program: "install" },
      "/opt/cni/bin/calico": { component: "calico", program: "calico" },
      ...Object.fromEntries(
        chainedPlugins.map((program) => [`/opt/cni/bin/${program}`, { component: "cni-plugins", program }]),
      ),
    },
    // One program that looks at the name it was called by.
    links: { "/opt/cni/bin/calico-ipam": "/opt/cni/bin/calico" },
    config: {
      Env: [path.replace("PATH=", "PATH=/opt/cni/bin:")],
      Cmd: ["/opt/cni/bin/install"],
      WorkingDir: "/opt/cni/bin",
    },
  },
  "kube-controllers": {
    base: "scratch",
    programs: {
      "/usr/bin/wrapper": { component: "calico", program: "wrapper" },
      "/usr/bin/kube-controllers": { component: "calico", program: "kube-controllers" },
      "/usr/bin/check-status": { component: "calico", program: "check-status" },
    },
    folders: { "/status": { mode: 0o755, uid: calicoUser }, "/profiles": { mode: 0o755, uid: calicoUser } },
    config: {
      Env: [path],
      Entrypoint: ["/usr/bin/wrapper", "/usr/bin/kube-controllers"],
      User: String(calicoUser),
      WorkingDir: "/",
    },
  },
  typha: {
    base: "scratch",
    programs: { "/usr/bin/calico-typha": { component: "calico", program: "calico-typha" } },
    config: { Env: [path], Cmd: ["/usr/bin/calico-typha"], User: String(calicoUser), WorkingDir: "/" },
  },
};

/** One server on port 80 with its pages where nginx's own image has them, so that volumes can be mounted there. */
const nginxSite = `server {
    listen 80;
    server_name localhost;

    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
}
`;

/** nginx as Debian packages it, behaving like nginx's own image. */
export const nginxRecipe: ImageRecipe = {
  base: "userland",
  programs: {},
  texts: { "/etc/nginx/conf.d/default.conf": nginxSite },
  symlinks: {
    // Debian's own site would claim port 80 as the default server.
    "/etc/nginx/sites-enabled/default": "/dev/null",
    "/var/log/nginx/access.log": "/dev/stdout",
    "/var/log/nginx/error.log": "/dev/stderr",
  },
  config: {
    Env: [path],
    Cmd: ["nginx", "-g", "daemon off;"],
    WorkingDir: "/",
    StopSignal: "SIGQUIT",
    ExposedPorts: { "80/tcp": {} },
  },
};

/** The exercises' own small application; its versions differ in what they say of themselves. */
const web = (version: string): ImageRecipe => ({
  base: "scratch",
  programs: { "/usr/local/bin/web": { component: "web", program: "web" } },
  config: {
    Env: [path, `VERSION=${version}`],
    Entrypoint: ["/usr/local/bin/web"],
    User: "65535:65535",
    WorkingDir: "/",
    ExposedPorts: { "8080/tcp": {} },
  },
});

/** The exercises' images, by the last part of their names and their tags. */
export const exerciseRecipes: Record<string, ImageRecipe> = { "web:1": web("1"), "web:2": web("2") };
