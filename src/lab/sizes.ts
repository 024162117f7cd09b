/** A machine's size; what is absent is left to the provider. */
export interface Size {
  /** Processors. */
  cpus?: number;
  /** In MiB. */
  memory?: number;
  /** Of the root file system, in MiB. */
  disk?: number;
  /** Processes and threads at once. */
  processes?: number;
}

export const sizeKeys = ["cpus", "memory", "disk", "processes"] as const satisfies (keyof Size)[];

/**
 * The most processes of a container that the lab file says nothing of. Without a limit, one machine's fork bomb takes the process
 * ids and the memory of the whole computer. A cluster of one idle node was seen to have 372.
 */
export const containerDefaults = { processes: 4096 } as const satisfies Size;

const mebibytes = { Mi: 1, Gi: 1024 } as const;

export const quantityPattern = /^([1-9]\d{0,6})(Mi|Gi)$/;

/** An amount of bytes as Kubernetes writes it (`1536Mi`, `2Gi`), in MiB; undefined if it is written otherwise. */
export function mebibytesIn(text: string): number | undefined {
  const [, number, unit] = quantityPattern.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * mebibytes[unit as keyof typeof mebibytes];
}

/** MiB as the lab file writes them: `2Gi`, `1536Mi`. */
export const quantityOf = (mebibytes: number): string =>
  mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;

/** What differs between a machine's size and that of the lab file, in words after the machine's name. */
export function sizeDifferences(has: Size, wanted: Size): string[] {
  return sizeKeys.flatMap((key) => {
    const [now, then] = [has[key], wanted[key]];
    return then === undefined || now === then
      ? []
      : [`${key}: ${shownSize(key, now)}, not ${shownSize(key, then)}`];
  });
}

export const shownSize = (key: keyof Size, value: number | undefined): string =>
  value === undefined
    ? "without a limit"
    : key === "cpus" || key === "processes"
      ? `${value}`
      : quantityOf(value);
