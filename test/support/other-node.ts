/** Has a Node take itself for another version: options for its command line. */
export const takenFor = (version: string): string[] => [
  "--import",
  `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "${version}" })`,
];
