/**
 * The host name of a machine that is not our container: hostname(1), systemd, cloud-init and Vagrant allow no underscore.
 * The other machines find it under its own name all the same.
 */
export const hostNameOf = (machine: string): string => machine.replaceAll("_", "-");
