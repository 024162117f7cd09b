import { registerHooks } from "node:module";

/** Loaded before a program under test: prints, at its end, the packages that it has loaded. */
const packages = new Set<string>();

registerHooks({
  resolve(name, context, next) {
    if (/^[a-z@]/.test(name) && !name.startsWith("node:")) packages.add(name);
    return next(name, context);
  },
});

process.on("exit", () => process.stdout.write(`\nLOADED ${[...packages].join(" ")}\n`));
