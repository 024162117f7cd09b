export type MachineType = "container" | "virtual-machine";
export type ProviderName = "docker" | "incus" | "vagrant" | "pulumi" | "ssh";
export type SourceChoice = "auto" | "upstream" | "modules";

/** What a machine can have besides its part in the cluster. */
export type Software = "docker" | "docker-compose";

/** How people log in over SSH. */
export type LoginWay = "key" | "password";
export type Sudo = "none" | "passwordless" | "password";
