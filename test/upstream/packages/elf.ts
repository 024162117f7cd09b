/**
 * The processors that upstream publishes for, by Debian's names, with what an ELF header says of each: the machine's
 * number and the byte order (System V ABI, e_machine; ppc64el is little-endian, s390x is big-endian).
 */
export const processors = {
  amd64: { machine: 62, littleEndian: true },
  ppc64el: { machine: 21, littleEndian: true },
  arm64: { machine: 183, littleEndian: true },
  s390x: { machine: 22, littleEndian: false },
} as const;

export type Processor = keyof typeof processors;

/** In the order in which pkgs.k8s.io lists them: FACTS.md, K2. */
export const allProcessors = Object.keys(processors) as Processor[];

/** A small ELF file of a processor: a complete header, no segments, and `note` behind it. It does not run. */
export function elfFile(processor: Processor, note: string): Buffer {
  const { machine, littleEndian } = processors[processor];
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1, 0]);
  const fields: [offset: number, bytes: 2 | 4 | 8, value: number][] = [
    [16, 2, 2],
    [18, 2, machine],
    [20, 4, 1],
    [24, 8, 0x400000],
    [52, 2, 64],
    [54, 2, 56],
    [58, 2, 64],
  ];
  for (const [offset, bytes, value] of fields) {
    if (bytes === 8) {
      if (littleEndian) header.writeBigUInt64LE(BigInt(value), offset);
      else header.writeBigUInt64BE(BigInt(value), offset);
    } else if (littleEndian) header.writeUIntLE(value, offset, bytes);
    else header.writeUIntBE(value, offset, bytes);
  }
  return Buffer.concat([header, Buffer.from(`${note}\n`)]);
}
