/** The lines of `kubeadm config images list`, sorted: names with tags. */
export const listedImages = (output: string): string[] =>
  output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .sort();

/** Every image that a manifest's pods run, each once, sorted. */
export const imagesIn = (manifest: string): string[] =>
  [
    ...new Set(
      [...manifest.matchAll(/^\s*(?:- )?image:\s*["']?([^\s"']+)/gm)].flatMap(([, name]) => name ?? []),
    ),
  ].sort();
