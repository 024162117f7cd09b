/**
 * What a machine that is not our container calls itself: hostname(1), systemd, cloud-init and Vagrant take no underscore.
 * Under its own name the others find it all the same.
 */
export const hostNameOf = (machine: string): string => machine.replaceAll("_", "-");
