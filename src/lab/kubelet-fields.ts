import * as z from "zod";
import { refused, text } from "./fields.ts";
import { shown } from "./nearest.ts";

const [int, bool] = [z.int(), z.boolean()];

/** A word, a path or a list of processors: all that these fields take. */
const string = text(
  (value) =>
    /^[A-Za-z0-9/][A-Za-z0-9/._:=,%*+-]*$/.test(value)
      ? undefined
      : {
          message: `${shown(value)} is not a value of a kubelet's field`,
          remedy: "write one word without spaces and quotes, or delete the line",
        },
  {},
);
const strings = z.record(z.string(), z.string());
const object = z.record(z.string(), z.unknown());

/** A duration as Go writes it: `20s`, `1m30s`. */
const duration = text(
  (value) =>
    /^((\d+(\.\d+)?(ns|us|ms|s|m|h))+|0)$/.test(value)
      ? undefined
      : {
          message: `${shown(value)} is not a duration`,
          remedy: "write it with its unit, such as 20s or 1m30s",
        },
  { examples: ["20s", "1m30s"] },
);

/** The fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) by type, in Kubernetes 1.35 to 1.37. */
const fieldNames = {
  int: `registryPullQPS registryBurst eventRecordQPS eventBurst oomScoreAdj nodeLeaseDurationSeconds
    imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods podPidsLimit nodeStatusMaxImages maxOpenFiles
    kubeAPIQPS kubeAPIBurst maxParallelImagePulls evictionMaxPodGracePeriod podsPerCore iptablesMasqueradeBit
    iptablesDropBit containerLogMaxFiles containerLogMaxWorkers readOnlyPort`,
  bool: `enableDebuggingHandlers enableContentionProfiling cgroupsPerQOS singleProcessOOMKill cpuCFSQuota
    serializeImagePulls mergeDefaultEvictionSettings enableControllerAttachDetach protectKernelDefaults
    makeIPTablesUtilChains kernelMemcgNotification enableSystemLogHandler enableSystemLogQuery
    enableProfilingHandler enableDebugFlagsHandler seccompDefault localStorageCapacityIsolation serverTLSBootstrap`,
  string: `podLogsDir tlsMinVersion imagePullCredentialsVerificationPolicy kubeletCgroups systemCgroups
    cpuManagerPolicy memoryManagerPolicy topologyManagerPolicy topologyManagerScope hairpinMode contentType
    containerLogMaxSize configMapAndSecretChangeDetectionStrategy reservedSystemCPUs showHiddenMetricsForVersion
    systemReservedCgroup kubeReservedCgroup volumePluginDir memoryReservationPolicy`,
  duration: `syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout
    nodeStatusUpdateFrequency nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod
    cpuManagerReconcilePeriod runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod
    containerLogMonitorInterval shutdownGracePeriod shutdownGracePeriodCriticalPods`,
  strings: `cpuManagerPolicyOptions topologyManagerPolicyOptions qosReserved evictionHard evictionSoft
    evictionSoftGracePeriod evictionMinimumReclaim systemReserved kubeReserved defaultPodSysctls`,
  list: `tlsCipherSuites preloadedImagesVerificationAllowlist enforceNodeAllocatable allowedUnsafeSysctls`,
  numbers: "tlsCurvePreferences",
  objects: "shutdownGracePeriodByPodPriority reservedMemory registerWithTaints",
  object: "memorySwap logging crashLoopBackOff tracing userNamespaces",
  number: "memoryThrottlingFactor",
};

const types: Record<keyof typeof fieldNames, z.ZodType> = {
  int,
  bool,
  string,
  duration,
  strings,
  list: z.array(string),
  numbers: z.array(int),
  objects: z.array(object),
  object,
  number: z.number(),
};

/** Fields that labwright or kubeadm sets, each group with the reason. */
const reserved: Record<string, string> = {
  "apiVersion kind": "labwright writes kubelet.config.k8s.io/v1beta1 KubeletConfiguration there",
  "cgroupDriver cgroupRoot failCgroupV1": "it follows the machine's cgroups and the container runtime",
  failSwapOn: "a lab's machine may have its computer's swap",
  resolvConf: "it names the DNS servers that labwright found on the machine",
  "containerRuntimeEndpoint imageServiceEndpoint": "cluster.runtime decides it",
  "staticPodPath staticPodURL staticPodURLHeader": "kubeadm puts the control plane's manifests there",
  "clusterDNS clusterDomain podCIDR": "it follows cluster.network",
  "authentication authorization tlsCertFile tlsPrivateKeyFile rotateCertificates":
    "kubeadm sets it up so that only the API server is let in",
  "address port enableServer healthzPort healthzBindAddress": "kubeadm and labwright ask the kubelet there",
  "registerNode providerID runOnce": "each machine has to become a node",
  featureGates: "cluster.featureGates sets it, for the API server too",
};

const fieldsOf = (names: string, schema: z.ZodType): [string, z.ZodType][] =>
  names.split(/\s+/).map((name) => [name, schema.optional()]);

/** `cluster.kubelet`: KubeletConfiguration's own fields. */
export const kubeletFields = z.strictObject(
  Object.fromEntries([
    ...Object.entries(types).flatMap(([type, schema]) =>
      fieldsOf(fieldNames[type as keyof typeof fieldNames], schema),
    ),
    ...Object.entries(reserved).flatMap(([names, reason]) =>
      names
        .split(" ")
        .map((name): [string, z.ZodType] => [
          name,
          refused(`the kubelet's ${name} cannot be set: ${reason}`).optional(),
        ]),
    ),
  ]),
);
