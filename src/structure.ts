/** A text that is equal for values of equal structure, whatever the order of their members. */
export const structuralKey = (value: unknown, isLeftOut = (_member: string): boolean => false): string =>
  JSON.stringify(value, (member, one) => {
    if (isLeftOut(member)) return undefined;
    return isPlain(one) ? Object.fromEntries(Object.entries(one).sort()) : one;
  });

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
