/** A text that is the same for values of the same structure, in whatever order their members are. */
export const structuralKey = (value: unknown, isLeftOut = (_member: string): boolean => false): string =>
  JSON.stringify(value, (member, one) => {
    if (isLeftOut(member)) return undefined;
    return isPlain(one) ? Object.fromEntries(Object.entries(one).sort()) : one;
  });

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
