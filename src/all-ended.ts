/** Waits for all ends, and throws the first failure then: nothing works on while it is dealt with. */
export async function allEnded<T extends readonly unknown[]>(
  ...works: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  await Promise.allSettled(works);
  return (await Promise.all(works)) as unknown as T;
}
