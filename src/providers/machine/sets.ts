/** The state of each machine of each set, also of those of which there are no machines, only `others`. */
export function statesOf(
  machines: readonly { set: string; state: string }[],
  others: readonly { set: string }[],
): Map<string, string[]> {
  const sets = new Set([...machines, ...others].map(({ set }) => set));
  return new Map(
    [...sets].map((set) => [set, machines.filter((one) => one.set === set).map(({ state }) => state)]),
  );
}
