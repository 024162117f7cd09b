import * as z from "zod";
import { text } from "./fields.ts";
import { kubeletFields } from "./kubelet-fields.ts";
import { label, longestName } from "./names.ts";
import { shown } from "./nearest.ts";
import { argumentFlaw, argumentPattern, type Component, programOf } from "./reserved-arguments.ts";

const absolutePath = text(
  (value) =>
    /^\/[^\0\n]*$/.test(value)
      ? undefined
      : { message: `${shown(value)} is not an absolute path`, remedy: "begin it with a slash" },
  { pattern: "^/" },
);

/** A word that begins with a capital letter, as Kubernetes names feature gates and admission plugins. */
const capitalized = (what: string, example: string) =>
  text(
    (value) =>
      /^[A-Z][A-Za-z0-9]*$/.test(value)
        ? undefined
        : { message: `${shown(value)} is not the name of ${what}`, remedy: `write it as ${example}` },
    { pattern: "^[A-Z][A-Za-z0-9]*$" },
  );

const volumeName = text(
  (value) =>
    label.test(value) && value.length <= longestName
      ? undefined
      : {
          message: `${shown(value)} is not the name of a volume`,
          remedy: "use lower-case letters, digits and hyphens, such as audit-log",
        },
  { pattern: label.source, maxLength: longestName },
);

const volume = z.strictObject({
  name: volumeName,
  hostPath: absolutePath,
  mountPath: absolutePath,
  readOnly: z.boolean().optional(),
  pathType: z
    .enum(["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"])
    .optional(),
});

/** Marks an object whose keys Kubernetes' documentation describes. */
const kubeadmOwn = { $comment: "kubeadm.k8s.io/v1beta4 ClusterConfiguration" };

const argumentsOf = (component: Component) =>
  z
    .array(
      z.strictObject({
        name: text((name) => argumentFlaw(component, name), { pattern: argumentPattern.source }),
        value: z.string().regex(/^[^\0\r\n]*$/, "a text of one line is expected"),
      }),
    )
    .optional()
    .describe(`Arguments of ${programOf[component]}, as \`{ name: v, value: "2" }\`.`);

const component = (name: Component) =>
  z
    .strictObject({
      extraArgs: argumentsOf(name),
      extraVolumes: z
        .array(volume)
        .optional()
        .describe("Files and folders of the control plane that it sees, in kubeadm's words."),
    })
    .optional()
    .meta({ ...kubeadmOwn, description: `${programOf[name]}, as kubeadm's v1beta4 has it.` });

const level = z.enum(["None", "Metadata", "Request", "RequestResponse"]);
const strings = z.array(z.string()).optional();

const auditRule = z.strictObject({
  level,
  users: strings,
  userGroups: strings,
  verbs: strings,
  namespaces: strings,
  nonResourceURLs: strings,
  omitStages: strings,
  omitManagedFields: z.boolean().optional(),
  resources: z
    .array(z.strictObject({ group: z.string().optional(), resources: strings, resourceNames: strings }))
    .optional(),
});

const auditPolicy = z.strictObject({
  apiVersion: z.literal("audit.k8s.io/v1").optional(),
  kind: z.literal("Policy").optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  omitStages: strings,
  omitManagedFields: z.boolean().optional(),
  rules: z.array(auditRule).min(1),
});

/** The keys of `cluster` that configure Kubernetes' own programs. */
export const settingsFields = {
  apiServer: component("apiServer"),
  controllerManager: component("controllerManager"),
  scheduler: component("scheduler"),
  etcd: z
    .strictObject({
      local: z
        .strictObject({ extraArgs: argumentsOf("etcd") })
        .optional()
        .describe("The etcd that runs on the control plane."),
    })
    .optional()
    .meta({ ...kubeadmOwn, description: "etcd, as kubeadm's v1beta4 has it." }),
  kubelet: kubeletFields.optional().meta({
    $comment: "kubelet.config.k8s.io/v1beta1 KubeletConfiguration",
    description: "Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), for every node.",
  }),
  featureGates: z
    .record(capitalized("a feature gate", "Kubernetes does: MutatingAdmissionPolicy"), z.boolean())
    .optional()
    .describe("Feature gates of the API server, the controller manager, the scheduler and the kubelets."),
  admissionPlugins: z
    .array(capitalized("an admission plugin", "Kubernetes does: AlwaysPullImages"))
    .min(1)
    .optional()
    .describe("Admission plugins that are on besides Kubernetes' default ones and NodeRestriction."),
  auditPolicy: auditPolicy.optional().meta({
    $comment: "audit.k8s.io/v1 Policy",
    description:
      "The API server's audit policy (audit.k8s.io/v1). The log is /var/log/kubernetes/audit/audit.log on the control plane.",
  }),
  encryptionAtRest: z
    .boolean()
    .optional()
    .describe("Whether Secrets are encrypted in etcd, with a key that is made on the control plane."),
};

const settings = z.object(settingsFields);

/** How a lab configures Kubernetes' own programs; what is absent is as kubeadm and labwright have it. */
export type ClusterSettings = z.output<typeof settings>;
